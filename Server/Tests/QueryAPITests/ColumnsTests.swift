import HTTPTypes
import EmbeddedStore
import Foundation
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// `/api/traces/{id}/columns`, read as a page reads it and compared with Jaeger's JSON of the same trace.
struct ColumnsTests {
    private static let start: UInt64 = 1_700_000_000_000_000_000

    /// A trace of two services with logs, an error, a reference beside the parent and one that only follows.
    private static func spans(_ count: Int) -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop")
        for index in 0..<count {
            if index == count / 2 { builder.resource(.otlp, "pay") }
            builder.row.traceID = TraceID(high: 7, low: 9)
            builder.row.spanID = SpanID(UInt64(index + 1))
            builder.row.parentSpanID = SpanID(UInt64(index))
            builder.row.startNanoseconds = start + UInt64(index) * 1_500
            builder.row.durationNanoseconds = Int64(index) * 2_500
            builder.row.kind = index % 2 == 0 ? .server : .client
            builder.row.status = index % 5 == 4 ? .error : .unset
            builder.tag("index", .int(Int64(index)))
            if index % 3 == 0 { builder.event("paid", at: start + UInt64(index) * 1_500 + 1_000) }
            builder.end("operation \(index % 4)")
        }
        return builder.batch
    }

    private func answers(_ paths: [String], count: Int) async throws -> [RouteAnswer] {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans(count))
        var answers: [RouteAnswer] = []
        for path in paths { answers.append(try await routeAnswer(.get, path, of: store, now: Self.start)) }
        await store.close()
        return answers
    }

    @Test(arguments: [1, 10, 20_001])
    func `columns say of every span what the JSON says`(count: Int) async throws {
        let id = TraceID(high: 7, low: 9).hex
        let found = try await answers(["/api/traces/\(id)/columns", "/api/traces/\(id)"], count: count)
        #expect(found[0].status == 200)
        #expect(found[0].type == "application/vnd.martlet.trace-columns")
        #expect(found[0].headers[try #require(.init("Martlet-Span-Count"))] == "\(count)")
        let columns = try TraceColumns(found[0].bytes)
        #expect(columns.base == Self.start)
        let document = try JSONSerialization.jsonObject(with: Data(found[1].bytes)) as? [String: Any]
        let trace = try #require((document?["data"] as? [[String: Any]])?.first)
        let processes = try #require(trace["processes"] as? [String: [String: Any]])
        let spans = try #require(trace["spans"] as? [[String: Any]])
        #expect(columns.spans.count == count && spans.count == count)
        for (column, span) in zip(columns.spans, spans) {
            #expect(SpanID(column.id).hex == span["spanID"] as? String)
            #expect(column.operation == span["operationName"] as? String)
            let process = processes[span["processID"] as? String ?? ""]
            #expect(column.service == process?["serviceName"] as? String)
            let start = (span["startTime"] as? Int ?? 0) - Int(Self.start / 1_000)
            #expect(Int(column.start.rounded(.down)) == start)
            #expect(Int(column.duration.rounded(.down)) == span["duration"] as? Int)
            let parents = (span["references"] as? [[String: String]] ?? []).map { $0["spanID"] ?? "" }
            #expect(column.parent == 0 ? parents.isEmpty : parents == [SpanID(column.parent).hex])
            let logs = span["logs"] as? [[String: Any]] ?? []
            let times = logs.map { ($0["timestamp"] as? Int ?? 0) - Int(Self.start / 1_000) }
            #expect(column.logs.map { Int($0.rounded(.down)) } == times)
            let tags = (span["tags"] as? [[String: Any]] ?? []).filter { $0["key"] as? String == "error" }
            #expect((column.flags & 1 == 1) == !tags.isEmpty)
        }
    }

    @Test func `what is asked wrongly of a trace's columns, spans and matches is refused`() async throws {
        let paths = ["/api/traces/xyz/columns", "/api/traces/dead/columns", "/api/traces/dead/matches?q=%7B%7D"]
        let found = try await answers(paths, count: 1)
        #expect(found.map(\.status) == [400, 404, 404])
        #expect(found[0].body.contains("parameter 'id'"))
    }

    @Test func `matches are the spans that the query is for, set by set`() async throws {
        let id = TraceID(high: 7, low: 9).hex
        let paths = ["%7Bstatus%3Derror%7D", "%7Bspan.index%3D3%7D%3E%3E%7Bspan.index%3D5%7D", "%7Bname%3D%22x%22%7D"]
        let found = try await answers(paths.map { "/api/traces/\(id)/matches?q=\($0)" }, count: 10)
        func sets(_ answer: RouteAnswer) throws -> [[String]] {
            let document = try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any]
            return try #require((document?["data"] as? [String: Any])?["spanSets"] as? [[String]])
        }
        #expect(try sets(found[0]) == [[SpanID(5).hex, SpanID(10).hex]])
        #expect(try sets(found[1]) == [[SpanID(6).hex]])
        #expect(try sets(found[2]) == [])
    }
}

/// Reads the columns of a trace, as docs/query-api.md describes them.
private struct TraceColumns {
    struct Span {
        var id: UInt64
        var parent: UInt64
        var start: Double
        var duration: Double
        var service: String
        var operation: String
        var logs: [Double]
        var flags: UInt8
    }

    struct Malformed: Error {}

    private(set) var base: UInt64 = 0
    private(set) var spans: [Span] = []
    private var texts: [String] = []
    private var bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        guard bytes.starts(with: Array("MTC1".utf8)) else { throw Malformed() }
        place = 8
        base = try number(UInt64.self)
        while true {
            let kind = try number(UInt32.self)
            let end = Int(try number(UInt32.self)) + place
            if kind == 2 { break }
            guard kind == 1 else { throw Malformed() }
            try readPage()
            guard place == end else { throw Malformed() }
        }
        guard place == bytes.count else { throw Malformed() }
    }

    private mutating func readPage() throws {
        let count = Int(try number(UInt32.self))
        let (logs, newTexts) = (Int(try number(UInt32.self)), Int(try number(UInt32.self)))
        let textBytes = Int(try number(UInt32.self))
        let starts = try column(UInt64.self, count).map(Double.init(bitPattern:))
        let durations = try column(UInt64.self, count).map(Double.init(bitPattern:))
        var logTimes = try column(UInt64.self, logs).map(Double.init(bitPattern:))[...]
        let (ids, parents) = (try column(UInt64.self, count), try column(UInt64.self, count))
        let (services, operations) = (try column(UInt32.self, count), try column(UInt32.self, count))
        let logCounts = try column(UInt32.self, count)
        _ = try column(UInt8.self, count)
        let flags = try column(UInt8.self, count)
        let lengths = try column(UInt32.self, newTexts)
        var text = try column(UInt8.self, textBytes)[...]
        for length in lengths {
            texts.append(String(decoding: text.prefix(Int(length)), as: UTF8.self))
            text = text.dropFirst(Int(length))
        }
        for row in 0..<count {
            spans.append(
                Span(
                    id: ids[row],
                    parent: parents[row],
                    start: starts[row],
                    duration: durations[row],
                    service: texts[Int(services[row])],
                    operation: texts[Int(operations[row])],
                    logs: Array(logTimes.prefix(Int(logCounts[row]))),
                    flags: flags[row]
                )
            )
            logTimes = logTimes.dropFirst(Int(logCounts[row]))
        }
    }

    /// A column begins at a multiple of 8 bytes of its page, and pages do of the whole.
    private mutating func column<Number: FixedWidthInteger>(_ type: Number.Type, _ count: Int) throws -> [Number] {
        var numbers: [Number] = []
        for _ in 0..<count { numbers.append(try number(type)) }
        while place % 8 != 0 { place += 1 }
        return numbers
    }

    private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let size = Number.bitWidth / 8
        guard place + size <= bytes.count else { throw Malformed() }
        defer { place += size }
        return bytes[place..<place + size].reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
