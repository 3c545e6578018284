import Compression
import Foundation
import Testing

/// The corpus of the fuzzer of decompressors, as it is and with small changes.
///
/// What `./dev fuzz decompression` finds is put there.
@Suite struct DecompressionFuzzTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["MARTLET_FUZZ_ROUNDS"] ?? "") ?? 100

    private static func inputs() throws -> [(name: String, bytes: [UInt8])] {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/Corpus/decompression")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
    }

    @Test func `packed bytes that were changed are refused, or unpack to the same in one piece as in many`() throws {
        let inputs = try Self.inputs()
        let codings = Set(inputs.compactMap(\.bytes.first).map { Int($0) % ContentCoding.allCases.count })
        #expect(codings.count == ContentCoding.allCases.count, "an input for each coding")
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func number(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for (name, input) in inputs {
            #expect(DecompressionProperties.finding(in: input) == nil, "\(name)")
            for round in 0..<Self.rounds {
                var hurt = input
                for _ in 0...number(below: 4) {
                    let place = number(below: hurt.count)
                    let end = min(hurt.count, place + 1 + number(below: 9))
                    switch number(below: 4) {
                    case 0: hurt[place] ^= 1 << UInt8(number(below: 8))
                    case 1: hurt[place] = UInt8(number(below: 256))
                    case 2: if hurt.count > 16 { hurt.removeSubrange(place..<end) }
                    default: hurt.insert(contentsOf: hurt[place..<end], at: place)
                    }
                }
                let finding = DecompressionProperties.finding(in: hurt)
                #expect(finding == nil, "seed \(seed), \(name), round \(round): \(hurt)")
            }
        }
    }
}
