import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct BlockTests {
    private func open(_ bytes: [UInt8]) throws -> Segment {
        let reader = try BlockReader(FileBytes(bytes), path: "test.seg", cache: BlockMetaCache(bytesMax: 1 << 20))
        return Segment(number: 1, block: reader, byteCount: bytes.count, origin: .init(sealedAt: 0))
    }

    private func everything(_ segment: Segment, _ ids: Set<TraceID>) throws -> [String] {
        var collection = TraceCollection(ids)
        try segment.collect(into: &collection)
        return ids.compactMap { collection.trace($0) }.flatMap(\.descriptions).sorted()
    }

    @Test(arguments: [1, 2, 100, 9_000])
    func `a block gives back every span as it went in`(spans: Int) throws {
        var generator = TraceGenerator(seed: UInt64(spans))
        var model = BruteForce()
        for _ in 0..<3 { model.append(generator.batch(spans: spans / 3 + 1, traces: 1...40, around: 1_700_000_000)) }
        let block = BlockWriter.write(model.batches)
        #expect(block.directory.pages.count == (spans == 9_000 ? 5 : 1))
        let segment = try open(block.bytes)
        #expect(segment.spanCount == model.descriptions.count)
        #expect(try everything(segment, model.traceIDs) == model.descriptions)
    }

    @Test func `strings that hardly repeat stand in the pages, the others in the dictionary`() throws {
        var generator = TraceGenerator(seed: 3)
        let block = BlockWriter.write([generator.batch(spans: 2_000, traces: 1...40, around: 1_700_000_000)])
        let cache = BlockMetaCache(bytesMax: 1 << 20)
        let reader = try BlockReader(FileBytes(block.bytes), path: "test.seg", cache: cache)
        let meta = try reader.meta()
        let raw = meta.columns.filter(\.isRaw).map { meta.strings.text($0.key) }
        #expect(raw == ["request.id"])
        #expect(cache.byteCount == meta.byteCount)
        _ = consume reader
        #expect(cache.byteCount == 0)
    }

    @Test func `a block that is damaged anywhere gives an error or the right spans, never a crash`() throws {
        var generator = TraceGenerator(seed: 6)
        var model = BruteForce()
        model.append(generator.batch(spans: 60, traces: 1...9, around: 1_700_000_000))
        let sent = Set(model.descriptions)
        let block = BlockWriter.write(model.batches)
        let query = TraceQuery(
            filter: .tag(TagCondition(key: "http.method", text: "GET")),
            start: 0...UInt64.max,
            limit: 9
        )
        for position in stride(from: 0, to: block.bytes.count * 8, by: 61) {
            var damaged = block.bytes
            damaged[position / 8] ^= 1 << UInt8(position % 8)
            guard let segment = try? open(damaged) else { continue }
            for part in segment.parts(for: query) { _ = try? part.search() }
            if let found = try? everything(segment, model.traceIDs) { #expect(sent.isSuperset(of: found)) }
        }
        for length in stride(from: 0, to: block.bytes.count, by: 13) {
            #expect(throws: SpanStoreError.self) { try open(Array(block.bytes[..<length])) }
        }
    }

    @Test func `columns of numbers of every width come back`() throws {
        let compressor = Compressor()
        var random = SplitMix(state: 1)
        let highs: [UInt64] = [0, 1, 200, 255, 256, 65_535, 65_536, 1 << 32, .max]
        for high in highs {
            for count in [1, 7, 5_000] {
                let numbers = (0..<count).map { _ in UInt64.random(in: (high / 2)...high, using: &random) }
                var bytes: [UInt8] = []
                NumberColumn.encode(numbers, with: compressor, into: &bytes)
                var reader = ByteReader(bytes.span.bytes)
                let decoded = NumberColumn.decode(&reader, count: count)
                let left = reader.left
                #expect(decoded == numbers)
                #expect(left == 0)
                var again = ByteReader(bytes.span.bytes)
                let wrong = NumberColumn.decode(&again, count: count + 1)
                #expect(wrong == nil)
            }
        }
    }
}
