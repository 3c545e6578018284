import Foundation
import Testing

/// The corpus of the TraceQL fuzzer, as it is and with small changes: what `./dev fuzz traceql` finds is put there.
@Suite struct TraceQLCorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Corpus/traceql")

    @Test func `queries of the corpus, whole and changed, are refused or read as they are printed`() async throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
        let inputs = try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
        #expect(inputs.count > 20)
        var random = SplitMix(state: 5)
        for input in inputs {
            await Task.yield()
            #expect(TraceQLProperties.finding(in: input) == nil)
            for _ in 0..<100 where !input.isEmpty {
                var bytes = input
                for _ in 0...random.below(3) where !bytes.isEmpty {
                    let place = random.below(bytes.count)
                    switch random.below(4) {
                    case 0: bytes[place] ^= UInt8(1) << UInt8(random.below(8))
                    case 1: bytes.remove(at: place)
                    case 2: bytes.insert(random.pick(input), at: place)
                    default: bytes.insert(contentsOf: random.pick(inputs).prefix(random.below(20)), at: place)
                    }
                }
                #expect(TraceQLProperties.finding(in: bytes) == nil, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
