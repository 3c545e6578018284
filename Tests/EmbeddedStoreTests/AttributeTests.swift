import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

/// Keys and values of attributes, against a look at every span.
@Suite struct AttributeTests {
    private static let base: UInt64 = 1_700_000_000_000_000_000

    private func filled(seed: UInt64, blockSpans: Int) async throws -> (EmbeddedStore, BruteForce) {
        var configuration = EmbeddedStoreConfiguration(directory: nil)
        configuration.blockSpansMax = blockSpans
        let store = try EmbeddedStore.open(configuration)
        var generator = TraceGenerator(seed: seed)
        var model = BruteForce()
        for index in 0..<8 {
            let time = Self.base + UInt64(index) * 100_000_000
            let batch = generator.batch(spans: 100, traces: 1...90, around: time)
            model.append(batch)
            try await store.append(batch)
        }
        await store.settle()
        #expect((store.statistics().segments > 0) == (blockSpans < 800))
        return (store, model)
    }

    private static let questions: [AttributeQuery] = {
        var all = AttributeQuery(start: 0...UInt64.max)
        all.limit = 10_000
        var some = all
        some.start = base + 250_000_000...base + 900_000_000
        some.services = ["service-1", "service-3", "nobody"]
        var few = all
        few.prefix = "h"
        few.services = ["service-0"]
        return [all, some, few]
            + AttributeLevel.allCases.map { level in
                var query = some
                query.level = level
                return query
            }
    }()

    @Test(arguments: [150, 350, 10_000])
    func `keys and values are counted as a scan of everything counts them`(blockSpans: Int) async throws {
        let (store, model) = try await filled(seed: UInt64(blockSpans), blockSpans: blockSpans)
        for query in Self.questions {
            await Task.yield()
            let found = try await store.attributeKeys(query)
            #expect(found.isExact && !found.isTruncated && found.partial == nil)
            var counts: [String: Int] = [:]
            for item in found.items {
                for type in item.types { counts["\(item.level.rawValue) \(item.key) \(type.type)"] = type.count }
            }
            #expect(counts == model.keys(query))
            #expect(found.items.map(\.count) == found.items.map(\.count).sorted(by: >))
            for key in ["http.status_code", "http.method", "message", "why", "host.name", "service.name", "list", "no"]
            {
                var values = query
                values.prefix = query.prefix.isEmpty ? "" : "G"
                let found = try await store.attributeValues(of: key, values)
                #expect(found.isExact && !found.isTruncated)
                let counted = Dictionary(uniqueKeysWithValues: found.items.map { ("\($0.value)", $0.count) })
                #expect(counted == model.values(of: key, values), "\(key) \(values)")
            }
        }
        await store.close()
    }

    @Test func `a limit cuts the rarest off, and a value that hardly repeats is found by its prefix`() async throws {
        let (store, model) = try await filled(seed: 4, blockSpans: 150)
        var query = AttributeQuery(start: 0...UInt64.max)
        query.limit = 3
        let keys = try await store.attributeKeys(query)
        #expect(keys.isTruncated)
        #expect(keys.items.map(\.key).sorted() == ["host.name", "process.pid", "service.name"])
        query.prefix = "id-1"
        let ids = try await store.attributeValues(of: "request.id", query)
        #expect(ids.items.count == 3 && ids.isTruncated)
        query.limit = 1_000
        #expect(
            try await store.attributeValues(of: "request.id", query).items.count
                == model.values(of: "request.id", query).count
        )
        await store.close()
    }

    @Test func `over its budget a count says that it is none of all`() async throws {
        let (store, _) = try await filled(seed: 9, blockSpans: 150)
        var query = AttributeQuery(start: 0...UInt64.max)
        query.budget.scannedSpans = 250
        let found = try await store.attributeKeys(query)
        #expect(!found.isExact && !found.items.isEmpty)
        #expect(found.partial?.reason == .scannedSpans)
        query.limit = 0
        await #expect(throws: SpanStoreError.query("the limit must be between 1 and 10000, not 0")) {
            try await store.attributeKeys(query)
        }
        await store.close()
    }
}

extension BruteForce {
    /// Every attribute of the spans that a question is about: level, key, value.
    private func attributes(_ query: AttributeQuery) -> [(level: AttributeLevel, key: String, value: AttributeValue)] {
        var all: [(level: AttributeLevel, key: String, value: AttributeValue)] = []
        for batch in batches {
            func add(_ level: AttributeLevel, _ attributes: some Sequence<Attribute>) {
                guard query.level == .any || query.level == level else { return }
                for attribute in attributes {
                    all.append((level, batch.strings.text(attribute.key), batch.value(attribute)))
                }
            }
            for row in 0..<batch.count where query.start.contains(batch.spans.starts[row]) {
                if !query.services.isEmpty, !query.services.contains(batch.service(of: row)) { continue }
                add(.span, batch.spanAttributes.range(row).map { batch.spanAttributes[$0] })
                add(.resource, batch.resource(of: row).attributes)
                if query.level == .any || query.level == .resource {
                    all.append((.resource, "service.name", .string(batch.service(of: row))))
                }
                add(.scope, batch.scope(of: row)?.attributes ?? [])
                for event in batch.events.range(row) {
                    add(.event, batch.events.attributes.range(event).map { batch.events.attributes[$0] })
                }
                for link in batch.links.range(row) {
                    add(.link, batch.links.attributes.range(link).map { batch.links.attributes[$0] })
                }
            }
        }
        return all
    }

    fileprivate func keys(_ query: AttributeQuery) -> [String: Int] {
        var counts: [String: Int] = [:]
        for attribute in attributes(query) where attribute.key.hasPrefix(query.prefix) {
            var batch = SpanBatch()
            counts["\(attribute.level.rawValue) \(attribute.key) \(batch.intern(attribute.value).type)", default: 0] +=
                1
        }
        return counts
    }

    fileprivate func values(of key: String, _ query: AttributeQuery) -> [String: Int] {
        var counts: [String: Int] = [:]
        for attribute in attributes(query) where attribute.key == key {
            var text = attribute.value.jsonText
            if case .string(let string) = attribute.value { text = string }
            if text.hasPrefix(query.prefix) { counts["\(attribute.value)", default: 0] += 1 }
        }
        return counts
    }
}
