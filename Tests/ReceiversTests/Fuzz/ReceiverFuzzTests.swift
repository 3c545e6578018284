import Foundation
import Testing

/// The corpus of the fuzzer of receivers, as it is and with small changes.
///
/// What `./dev fuzz receivers` finds is put there.
@Suite struct ReceiverFuzzTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["MARTLET_FUZZ_ROUNDS"] ?? "") ?? 40

    @Test func `changed requests of every protocol are refused or make sense`() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus/receivers")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let inputs = try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
        let decoders = Set(inputs.compactMap(\.first).map { Int($0) % ReceiverProperties.Decoder.allCases.count })
        #expect(decoders.count == ReceiverProperties.Decoder.allCases.count, "an input for each decoder")
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed)
        for (number, input) in inputs.enumerated() {
            #expect(ReceiverProperties.finding(in: input) == nil, "\(files[number].lastPathComponent)")
            for round in 0..<Self.rounds {
                var hurt = input
                for _ in 0..<Int.random(in: 1...4, using: &generator) where hurt.count > 1 {
                    let place = Int.random(in: 1..<hurt.count, using: &generator)
                    switch UInt8.random(in: 0..<4, using: &generator) {
                    case 0: hurt[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    case 1: hurt[place] = .random(in: 0...255, using: &generator)
                    case 2: hurt.removeSubrange(place..<min(hurt.count, place + 9))
                    default: hurt.insert(contentsOf: hurt[place..<min(hurt.count, place + 9)], at: place)
                    }
                }
                let finding = ReceiverProperties.finding(in: hurt)
                #expect(finding == nil, "seed \(seed), input \(number), round \(round): \(hurt)")
            }
        }
    }

    @Test func `the largest requests that are all structure and no content stay a small multiple of themselves`() {
        // 64 KiB of each: empty objects, empty messages and empty structures, of which a decoder makes the most.
        let size = 64 << 10
        func filled(_ head: [UInt8], _ unit: [UInt8], _ tail: [UInt8] = []) -> [UInt8] {
            head + Array(repeatElement(unit, count: size / unit.count).joined()) + tail
        }
        let json = { (head: String, unit: String, tail: String) in
            filled(Array(head.utf8), Array(unit.utf8), Array(tail.utf8))
        }
        let requests: [(ReceiverProperties.Decoder, [UInt8])] = [
            (.otlpProtobuf, filled([], [0x0A, 0x00])),
            (.otlpProtobuf, filled([], [0x0A, 0x02, 0x12, 0x00])),
            (.otlpProtobuf, filled([], [0x0A, 0x04, 0x12, 0x02, 0x12, 0x00])),
            (.otlpJSON, json(#"{"resourceSpans":["#, "{},", "{}]}")),
            (.otlpJSON, json(#"{"resourceSpans":[{"scopeSpans":["#, "{},", "{}]}]}")),
            (.zipkinJSON, json("[", "{},", "{}]")),
            (.zipkinJSONv1, json("[", "{},", "{}]")),
            (.zipkinProtobuf, filled([], [0x0A, 0x00])),
            (.jaegerProtobuf, filled([], [0x0A, 0x02, 0x0A, 0x00])),
        ]
        for (decoder, body) in requests {
            let finding = ReceiverProperties.finding(in: [decoder.rawValue] + body)
            #expect(finding == nil, "\(decoder)")
        }
    }
}
