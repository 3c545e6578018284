import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct BlockIndexTests {
    @Test func `a value filter knows every value of a block, and few others`() throws {
        let pages = 32
        let hash = ValueHash(seed: 7)
        let key = hash.key("request.id")
        var draft = ValueFilterDraft(hash, pages: pages)
        for number in 0..<20_000 {
            draft.add(hash.value(.span, key: key, text: "r-\(number)"), 1 << UInt64(number % 32))
        }
        draft.add(hash.value(.span, key: key, text: "in some pages"), 0xFF00)
        let bytes = draft.encode()
        let filter = try #require(ValueFilter(FileBytes(bytes), 0..<bytes.count, pages: pages))

        let missing = (0..<20_000).filter { filter.pages(of: hash.value(.span, key: key, text: "r-\($0)")).isEmpty }
        #expect(missing.isEmpty)
        #expect(filter.pages(of: hash.value(.span, key: key, text: "in some pages")) == PageSet(bits: 0xFF00))
        // Others, and the same under another key or at another level.
        var found = 0
        for number in 0..<10_000 {
            if !filter.pages(of: hash.value(.span, key: key, text: "s-\(number)")).isEmpty { found += 1 }
            if !filter.pages(of: hash.value(.event, key: key, text: "r-\(number)")).isEmpty { found += 1 }
            if !filter.pages(of: hash.value(.span, key: hash.key("x"), text: "r-\(number)")).isEmpty { found += 1 }
        }
        #expect(found < 300, "more than one value in a hundred is looked for in vain: \(found) of 30000")
    }

    @Test func `a value filter of another size than it says is refused`() {
        var draft = ValueFilterDraft(ValueHash(seed: 1), pages: 3)
        draft.add(42, 1)
        let bytes = draft.encode()
        for count in 0..<bytes.count {
            #expect(ValueFilter(FileBytes(Array(bytes[..<count])), 0..<count, pages: 3) == nil)
        }
    }

    @Test func `a trace filter knows every trace of the block and few others`() throws {
        var generator = SplitMix(state: 11)
        let ids = (0..<5_000).map { _ in TraceID(high: generator.next(), low: generator.next()) }
        let bytes = TraceFilter.encode(ids, seed: 3)
        let filter = try #require(TraceFilter(FileBytes(bytes), 0..<bytes.count))
        let missing = ids.filter { !filter.mayContain($0) }
        #expect(missing.isEmpty)
        var found = 0
        for _ in 0..<20_000 where filter.mayContain(TraceID(high: generator.next(), low: generator.next())) {
            found += 1
        }
        #expect(found < 200, "more than one id in a hundred is looked for in vain: \(found) of 20000")
        #expect(TraceFilter(FileBytes(Array(bytes.dropLast())), 0..<bytes.count - 1) == nil)
    }

    @Test func `ranks keep the order of numbers`() {
        let ints: [Int64] = [.min, -5, -1, 0, 1, 7, .max]
        #expect(ints.map { KeyIndex.rank(.int, UInt64(bitPattern: $0)) }.isAscending)
        let doubles = [-Double.infinity, -1e300, -1, -1e-300, 0, 1e-300, 1, 1e300, .infinity]
        #expect(doubles.map { KeyIndex.rank(.double, $0.bitPattern) }.isAscending)
    }

    @Test func `a key index comes back, and whatever its bytes are it does not break`() throws {
        let entries = [
            KeyIndex.Entry(key: 5, level: .span, type: .string, isFiltered: true, pages: PageSet(bits: 0b101)),
            KeyIndex.Entry(
                key: 9,
                level: .event,
                type: .int,
                isFiltered: false,
                pages: PageSet(bits: 0b110),
                ranges: [3...8, 1...UInt64.max]
            ),
        ]
        let bytes = KeyIndex.encode(entries, pages: 3)
        #expect(KeyIndex.entries(in: bytes.span.bytes, pages: 3) == entries)
        #expect(KeyIndex.entries(of: 9, in: bytes.span.bytes, pages: 3) == [entries[1]])
        #expect(KeyIndex.entries(of: 4, in: bytes.span.bytes, pages: 3) == [])
        #expect(entries[1].pages(overlapping: 0...2) == PageSet(bits: 0b100))
        for count in 0..<bytes.count {
            #expect(KeyIndex.entries(in: bytes.span.bytes.extracting(0..<count), pages: 3) == nil)
        }
        var generator = SplitMix(state: 5)
        var refused = 0
        for _ in 0..<2_000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            if KeyIndex.entries(in: damaged.span.bytes, pages: 3) == nil { refused += 1 }
        }
        #expect(refused > 0)
    }

    @Test func `a key that is in one page leads there, and what is nowhere leads nowhere`() throws {
        var generator = TraceGenerator(seed: 21)
        var batches = (0..<12).map { _ in generator.batch(spans: 500, traces: 1...2_000, around: 1_000_000_000_000) }
        var marked = SpanBatch()
        marked.resources.append(Resource())
        let key = marked.strings.intern("order.number")
        marked.spanAttributes.append(key: key, type: .string, value: UInt64(marked.strings.intern("A-77")))
        var row = SpanRow()
        row.traceID = TraceID(high: 1, low: 2)
        row.spanID = SpanID(3)
        row.startNanoseconds = batches[6].spans.starts[0]
        marked.appendSpan(row)
        batches.append(marked)

        let block = BlockWriter.write(batches)
        let reader = try BlockReader(FileBytes(block.bytes), path: "test", cache: BlockMetaCache(bytesMax: 1 << 20))
        #expect(block.directory.pages.count > 1)
        let wanted: [SpanFilter] = [
            .tag(TagCondition(key: "order.number", text: "A-77")),
            .field(.attribute(.span, "order.number"), .compare(.equal, .string("A-77"))),
            .and([.field(.attribute(.any, "order.number"), .exists), .not(.service("nobody"))]),
        ]
        for filter in wanted { #expect(reader.pages(for: filter).bits.nonzeroBitCount == 1, "\(filter)") }
        let absent: [SpanFilter] = [
            .tag(TagCondition(key: "order.numbers", text: "A-77")),
            .field(.attribute(.resource, "order.number"), .compare(.equal, .string("A-77"))),
            .field(.attribute(.span, "order.number"), .compare(.equal, .int(77))),
            .service("nobody"), .name("nothing"), .durationAtLeast(.max), .not(.everything),
        ]
        for filter in absent { #expect(reader.pages(for: filter).isEmpty, "\(filter)") }
    }

    /// Spans of two services, each with a key and a kind of its own, in every page.
    private func twoServices() -> SpanBatch {
        var batch = SpanBatch()
        let names = ["shop", "bank"]
        for name in names {
            var resource = Resource()
            resource.service = batch.strings.intern(name)
            batch.resources.append(resource)
        }
        let code = batch.strings.intern("code")
        let account = batch.strings.intern("account")
        let method = batch.strings.intern("method")
        let get = batch.strings.intern("GET")
        let post = batch.strings.intern("POST")
        for number in 0..<20_000 {
            let isShop = number.isMultiple(of: 2)
            batch.spanAttributes.append(key: isShop ? code : account, type: .int, value: UInt64(number % 10))
            batch.spanAttributes.append(key: method, type: .string, value: UInt64(isShop ? get : post))
            var row = SpanRow()
            row.traceID = TraceID(high: 1, low: UInt64(number / 10 + 1))
            row.spanID = SpanID(UInt64(number + 1))
            row.startNanoseconds = UInt64(1_000_000 + number)
            row.resource = isShop ? 0 : 1
            row.kind = isShop ? .server : .client
            batch.appendSpan(row)
        }
        return batch
    }

    @Test func `what only other services have leads nowhere`() throws {
        let block = BlockWriter.write([twoServices()])
        let reader = try BlockReader(FileBytes(block.bytes), path: "test", cache: BlockMetaCache(bytesMax: 1 << 20))
        let code = SpanFilter.tag(TagCondition(key: "code", text: "4"))
        let account = SpanFilter.field(.attribute(.span, "account"), .compare(.greater, .int(6)))
        #expect(reader.pages(for: .and([.service("shop"), code])) == .all(of: block.directory.pages.count))
        #expect(reader.pages(for: .and([.service("bank"), account])) == .all(of: block.directory.pages.count))
        let get = SpanFilter.tag(TagCondition(key: "method", text: "GET"))
        #expect(reader.pages(for: .and([.service("shop"), get])) == .all(of: block.directory.pages.count))
        let odd = SpanFilter.tag(TagCondition(key: "code", text: "5"))
        let absent: [SpanFilter] = [
            .and([.service("bank"), get]), .and([.service("shop"), odd]), .and([.service("bank"), code]),
            .and([account, .service("shop")]), .and([.service("bank"), .kind(.server)]),
            .and([.service("shop"), .status(.error)]), .and([.service("bank"), .or([code, .status(.ok)])]),
        ]
        for filter in absent { #expect(reader.pages(for: filter).isEmpty, "\(filter)") }
        // Another service's part of an alternative is not narrowed by this one's.
        let either = SpanFilter.or([.and([.service("bank"), code]), .and([.service("shop"), code])])
        #expect(reader.pages(for: either) == .all(of: block.directory.pages.count))
    }

    @Test func `blocks of version 2, which do not tell what each service has, lose no page`() throws {
        var compared = 0
        for bytes in try Corpus.inputs("block") where bytes.count > 16 && bytes[8] == 2 {
            guard
                let reader = try? BlockReader(FileBytes(bytes), path: "old", cache: BlockMetaCache(bytesMax: 1 << 20)),
                let meta = try? reader.meta()
            else { continue }
            for shape in meta.shapes {
                for column in shape.columns {
                    let key = meta.strings.text(meta.columns[Int(column)].key)
                    let has = SpanFilter.field(.attribute(.span, key), .exists)
                    let service = SpanFilter.service(meta.strings.text(shape.service))
                    #expect(!reader.pages(for: .and([service, has])).isEmpty)
                    compared += 1
                }
            }
        }
        #expect(compared > 100)
    }
}

extension [UInt64] {
    fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
