import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// What is told of traces without reading their spans.
@Suite struct SummaryTests {
    private static let base: UInt64 = 1_700_000_000_000_000_000

    private func reader(_ bytes: [UInt8]) throws -> BlockReader {
        try BlockReader(FileBytes(bytes), path: "test.seg", cache: BlockMetaCache(bytesMax: 1 << 20))
    }

    @Test(arguments: [1, 50, 4_000])
    func `the section of a block says the same as its pages`(spans: Int) throws {
        var generator = TraceGenerator(seed: UInt64(spans))
        let batch = generator.batch(spans: spans, traces: 1...UInt64(spans / 10 + 1), around: Self.base)
        let draft = BlockDraft([batch])
        let block = try reader(BlockWriter.write([batch]).bytes)
        let stored = try #require(try block.summaries())
        #expect(stored == BlockSummaries(draft))
        #expect(try BlockSummaries.read(pagesOf: block) == stored)
        #expect(stored.lengths.count == draft.traces.count)
    }

    @Test func `summaries that do not hold together are refused`() throws {
        var generator = TraceGenerator(seed: 2)
        let draft = BlockDraft([generator.batch(spans: 300, traces: 1...20, around: Self.base)])
        let traces = draft.traces.count
        let bytes = BlockSummaries(draft).encode(with: Compressor())
        func decode(_ bytes: [UInt8]) -> BlockSummaries? {
            BlockSummaries.decode(bytes.span.bytes, traces: traces, spans: 300)
        }
        #expect(decode(bytes) == BlockSummaries(draft))
        for count in 0..<bytes.count { #expect(decode(Array(bytes[..<count])) == nil) }
        #expect(decode(bytes + [0]) == nil)
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            // Whatever it says, it can be asked about every trace.
            guard let summaries = decode(damaged) else { continue }
            for trace in 0..<traces {
                #expect(summaries.measure(trace, start: 5).spans <= 300 * summaries.services.count)
            }
        }
    }
}
