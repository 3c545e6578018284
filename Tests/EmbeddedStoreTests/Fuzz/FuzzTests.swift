import Foundation
import Testing
import TraceModel

@testable import EmbeddedStore

/// The corpora of the fuzzers, as they are and with small changes: what `./dev fuzz` finds is put there.
///
/// `MARTLET_FUZZ_ROUNDS=100000` tries more changes of each input, with other seeds each time.
@Suite struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = Int(environment["MARTLET_FUZZ_ROUNDS"] ?? "")

    private static func check(_ name: String, _ fresh: [[UInt8]], _ finding: ([UInt8]) -> String?) async throws {
        let inputs = try Corpus.inputs(name) + fresh
        #expect(inputs.count >= 4)
        let seed = rounds == nil ? 1 : UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        for (number, input) in inputs.enumerated() {
            #expect(finding(input) == nil, "input \(number) of \(name)")
            for round in 0..<(rounds ?? 150) {
                if round % 16 == 0 { await Task.yield() }
                let bytes = random.mutated(input, with: inputs[random.number(below: inputs.count)])
                let finding = finding(bytes)
                #expect(finding == nil, "seed \(seed), input \(number) of \(name), round \(round): \(bytes)")
            }
        }
    }

    @Test func `changed segments are refused or make sense`() async throws {
        try await Self.check("block", Self.blocks(), BlockProperties.finding)
    }

    @Test func `changed logs are passed over or make sense`() async throws {
        try await Self.check("log", Self.logs(), LogProperties.finding)
    }

    /// What this version writes.
    private static func blocks() -> [[UInt8]] {
        [1, 7, 40].map { spans in
            var generator = TraceGenerator(seed: UInt64(spans))
            return BlockWriter.write([generator.batch(spans: spans, traces: 1...9, around: 1_700_000_000)], seed: 5)
                .bytes
        }
    }

    private static func logs() -> [[UInt8]] {
        [1, 3].map { frames in
            var generator = TraceGenerator(seed: UInt64(frames))
            var bytes = LogFile.header(number: 1)
            for _ in 0..<frames {
                LogFile.appendFrame(generator.batch(spans: 3, traces: 1...9, around: 1_700_000_000), to: &bytes)
            }
            return bytes
        }
    }

    /// Adds what this version writes to the corpora: for a new version of a format.
    @Test(.enabled(if: environment["MARTLET_WRITE_CORPUS"] != nil))
    func `what this version writes is put into the corpora`() throws {
        let version = BlockLayout.version
        for (index, bytes) in Self.blocks().enumerated() {
            try Data(bytes).write(to: Corpus.folder("block").appendingPathComponent("version-\(version)-\(index)"))
        }
        let log = String(decoding: LogFile.magic.suffix(1), as: UTF8.self)
        for (index, bytes) in Self.logs().enumerated() {
            try Data(bytes).write(to: Corpus.folder("log").appendingPathComponent("version-\(log)-\(index)"))
        }
        #expect(try Corpus.inputs("block").count >= 3)
    }
}
