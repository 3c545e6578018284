import EmbeddedStore
import Foundation
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// What the spans of a trace of any size say about one key.
struct AttributeColumnTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000
    private static let path = "/api/traces/0000000000001001"

    /// A trace of 25,000 spans, which takes two pages: every third has a region, all have a number and a host.
    private func answers(_ paths: [String]) async throws -> [RouteAnswer] {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop", [("host.name", .string("nöde-1"))])
        for index in 0..<25_000 {
            builder.row.startNanoseconds = Self.now + UInt64(index) * 1000
            if index == 24_999 { builder.resource(.otlp, "late", [("host.name", .string("node-2"))]) }
            if index % 3 == 0 { builder.tag("region", .string(index < 24_000 ? "eu" : "us")) }
            builder.tag("number", .int(Int64(index % 2)))
            builder.tag("__proto__", .bool(true))
            builder.end("op")
        }
        try await store.append(builder.batch)
        var answers: [RouteAnswer] = []
        for path in paths { answers.append(try await routeAnswer(.get, path, of: store, now: Self.now)) }
        await store.close()
        return answers
    }

    @Test func `an attribute is a number for each span, into texts that come once`() async throws {
        let answers = try await answers(
            ["region", "number", "host.name", "__proto__", "absent"].map { key in
                "\(Self.path)/columns?attribute=\(key)"
            }
        )
        #expect(answers.allSatisfy { $0.type == "application/vnd.martlet.attribute-column" })
        let columns = try answers.map { try Column($0.bytes) }
        #expect(columns.allSatisfy { $0.values.count == 25_000 })
        let regions = (0..<25_000).map { $0 % 3 == 0 ? ($0 < 24_000 ? "eu" : "us") : nil }
        #expect(columns[0].values == regions)
        #expect(columns[1].values == (0..<25_000).map { "\($0 % 2)" })
        #expect(columns[2].values.first == "nöde-1" && columns[2].values.last == "node-2")
        #expect(columns[3].texts == ["true"])
        #expect(columns[4].values.allSatisfy { $0 == nil })
        #expect(columns.map(\.texts.count) == [2, 2, 2, 1, 0])
    }

    @Test func `the keys of a trace are those of its spans and processes, most spans first`() async throws {
        let answers = try await answers([
            "\(Self.path)/attributes", "/api/traces/beef/attributes", "/api/traces/x/attributes",
        ])
        #expect(answers[0].body.contains(#"{"key":"__proto__","spans":25000},{"key":"host.name","spans":25000}"#))
        #expect(answers[0].body.contains(#"{"key":"region","spans":8334}"#))
        #expect(answers[1].status == 404)
        #expect(answers[2].status == 400)
    }
}

/// A column as a reader sees it.
private struct Column {
    var values: [String?] = []
    var texts: [String] = []

    init(_ bytes: [UInt8]) throws {
        #expect(Array(bytes.prefix(8)) == Array("MTA1".utf8) + [0, 0, 0, 0])
        var at = 8
        func word() -> Int {
            defer { at += 4 }
            return bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        func pad() { at = (at + 7) / 8 * 8 }
        while word() == 1 {
            _ = word()
            let counts = (0..<4).map { _ in word() }
            let numbers = (0..<counts[0]).map { _ in word() }
            pad()
            let lengths = (0..<counts[1]).map { _ in word() }
            pad()
            for length in lengths {
                texts.append(String(decoding: bytes[at..<at + length], as: UTF8.self))
                at += length
            }
            pad()
            values += numbers.map { $0 == 0 ? nil : texts[$0 - 1] }
        }
        #expect(word() == 0 && at == bytes.count)
    }
}
