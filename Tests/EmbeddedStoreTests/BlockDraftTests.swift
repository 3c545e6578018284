import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct BlockDraftTests {
    /// A block of spans whose attributes `values` gives, read back: the bytes of the file and what its columns say.
    private func block(
        spans: Int,
        _ values: (Int) -> [(String, AttributeValue)]
    ) throws -> (meta: BlockMeta, size: Int, isSame: Bool) {
        var batch = SpanBatch()
        batch.resources.append(Resource())
        for number in 0..<spans {
            for (key, value) in values(number) {
                let (type, bits) = batch.intern(value)
                batch.spanAttributes.append(key: batch.strings.intern(key), type: type, value: bits)
            }
            var row = SpanRow()
            row.traceID = TraceID(low: UInt64(number / 5 + 1))
            row.spanID = SpanID(UInt64(number + 1))
            row.startNanoseconds = UInt64(number)
            row.name = batch.strings.intern("operation-\(number % 7)")
            batch.appendSpan(row)
        }
        let written = BlockWriter.write([batch], seed: 1)
        let file = FileBytes(written.bytes)
        let reader = try BlockReader(file, path: "test", cache: BlockMetaCache(bytesMax: 1 << 20))
        let segment = Segment(number: 1, block: reader, byteCount: file.count, origin: .init(sealedAt: 0))
        let ids = (0..<(spans + 4) / 5).map { TraceID(low: UInt64($0 + 1)) }
        var collection = TraceCollection(ids)
        try segment.collect(into: &collection)
        var isSame = true
        for id in ids {
            let rows = (0..<spans).filter { batch.spans.traceID($0) == id }
            let trace = try #require(collection.trace(id))
            isSame = isSame && trace.descriptions == batch.selecting(rows).descriptions
        }
        return (try reader.meta(), written.bytes.count, isSame)
    }

    @Test func `a column that the span's shape determines is not stored and comes back`() throws {
        let block = try block(spans: 2_000) { number in
            [("db.system", .string("system-\(number % 7)")), ("port", .int(Int64(number % 7) * 1_000))]
        }
        #expect(block.isSame)
        #expect(block.meta.derived.count == 2)
        #expect(block.meta.derived.values.allSatisfy { $0.source == .shape })
    }

    @Test func `a column that another one determines is not stored and comes back`() throws {
        let block = try block(spans: 2_000) { number in
            let thread = number * 31 % 40
            return [("thread.name", .string("worker-\(thread)")), ("thread.id", .int(Int64(thread) - 7))]
        }
        #expect(block.isSame)
        #expect(block.meta.derived.count == 1)
        let id = block.meta.columns.firstIndex { block.meta.strings.text($0.key) == "thread.id" }
        #expect(block.meta.derived.keys.first == id.map(UInt32.init))
    }

    @Test func `a column with one exception is stored`() throws {
        let block = try block(spans: 2_000) { number in
            let thread = number * 31 % 40
            return [
                ("thread.name", .string("worker-\(thread)")),
                ("thread.id", .int(number == 1_999 ? Int64(thread + 1) % 40 : Int64(thread))),
                ("system", .string(number == 1_500 ? "other" : "system-\(number % 7)")),
            ]
        }
        #expect(block.isSame)
        #expect(block.meta.derived.isEmpty)
    }

    @Test func `a key that stands twice in a span, and keys that come and go, come back`() throws {
        let block = try block(spans: 1_000) { number in
            var list: [(String, AttributeValue)] = [("a", .string("x\(number % 3)")), ("b", .int(Int64(number % 3)))]
            if number % 2 == 0 { list.append(("a", .string("again"))) }
            if number % 3 == 0 { list.insert(("b", .string("text")), at: 0) }
            return list
        }
        #expect(block.isSame)
    }

    @Test func `addresses are stored as numbers and come back as they were written`() throws {
        let block = try block(spans: 1_000) { [("peer", .string("10.\($0 / 250).\($0 % 250).7"))] }
        #expect(block.isSame)
        #expect(block.meta.columns.map(\.storage) == [.address])
        let mixed = try self.block(spans: 1_000) { number in
            [("peer", .string(number == 700 ? "10.0.0.07" : "10.\(number / 250).\(number % 250).7"))]
        }
        #expect(mixed.isSame)
        #expect(mixed.meta.columns.map(\.storage) == [.raw])
        #expect(block.size < mixed.size)
    }

    @Test(arguments: ["0.0.0.0", "255.255.255.255", "10.1.20.103", "192.168.0.1"])
    func `the text of an address comes back`(_ text: String) throws {
        let bytes = Array(text.utf8)
        let address = IPv4Text.number(bytes.span.bytes)
        let number = try #require(address)
        #expect(String(decoding: IPv4Text.text(number), as: UTF8.self) == text)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1..2.3", "1.2.3.4 ", "a.b.c.d", ".1.2.3.4", "1.2.3.",
    ])
    func `a text that would not come back is no address`(_ text: String) {
        let bytes = Array(text.utf8)
        let address = IPv4Text.number(bytes.span.bytes)
        #expect(address == nil)
    }

    @Test func `numbers in planes come back, whatever they are`() throws {
        var generator = SplitMix(state: 3)
        let lists: [[UInt64]] = [
            (0..<100).map { _ in generator.next() },
            (0..<100).map { UInt64($0) << 40 | 7 },
            [UInt64](repeating: 9, count: 200),
            (0..<5_000).map { _ in 1_000_000 + generator.next() % 100_000 },
            (0..<64).map { $0 % 2 == 0 ? 0 : .max },
        ]
        for numbers in lists {
            var bytes: [UInt8] = []
            NumberColumn.encode(numbers, inPlanes: true, with: Compressor(), into: &bytes)
            var reader = ByteReader(bytes.span.bytes)
            #expect(NumberColumn.decode(&reader, count: numbers.count) == numbers)
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
                var short = ByteReader(bytes.span.bytes.extracting(0..<count))
                #expect(NumberColumn.decode(&short, count: numbers.count) == nil)
            }
        }
    }

    @Test func `the same spans and seed make the same bytes`() {
        func bytes() -> [UInt8] {
            var generator = TraceGenerator(seed: 8)
            let batches = (0..<4).map { _ in generator.batch(spans: 300, traces: 1...200, around: 1_000_000) }
            return BlockWriter.write(batches, seed: 5).bytes
        }
        #expect(bytes() == bytes())
    }
}
