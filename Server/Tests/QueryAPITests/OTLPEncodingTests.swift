import Foundation
import NIOCore
import Receivers
import Testing
import TraceModel

@testable import QueryAPI

/// OTLP as it goes out, in JSON and in protobuf: our own receivers read it back.
struct OTLPEncodingTests {
    static func json(_ batches: [SpanBatch]) async throws -> String {
        var writer = OTLPTraceWriter(TracePages(batches), frame: .list())
        var text = ""
        while let piece = try await writer.next() { text += String(buffer: piece) }
        return text
    }

    static func protobuf(_ batches: [SpanBatch]) async throws -> [UInt8] {
        var writer = OTLPProtobufWriter(TracePages(batches))
        var bytes: [UInt8] = []
        while let piece = try await writer.next() { bytes += Array(piece.readableBytesView) }
        return bytes
    }

    /// One span with all that OTLP has.
    static func everything() -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(
            .otlp,
            "shop",
            [
                ("service.name", .string("shop")), ("host", .string("a\u{1F600}\"")), ("n", .int(-5)),
                ("list", .array([.string("x"), .double(.infinity), .map([.init("k", .bool(true))]), .empty])),
            ]
        )
        builder.batch.resources[0].schemaURL = builder.batch.strings.intern("https://schema/1")
        builder.batch.resources[0].droppedAttributes = 2
        builder.scope("lib", "1.2")
        builder.batch.scopes[0].droppedAttributes = 3
        builder.batch.scopes[0].schemaURL = builder.batch.strings.intern("https://schema/2")
        builder.row.traceID = TraceID(high: 0xABC, low: 0xDEF)
        builder.row.parentSpanID = SpanID(77)
        builder.row.kind = .client
        builder.row.status = .error
        builder.row.statusMessage = builder.batch.strings.intern("it broke")
        builder.row.traceState = builder.batch.strings.intern("a=b,c=d")
        builder.row.flags = 0x301
        builder.row.droppedAttributes = 4
        builder.row.droppedEvents = 5
        builder.row.droppedLinks = 6
        builder.row.durationNanoseconds = 1_234_567
        for (key, value) in [
            ("", .string("no key")), ("empty", .empty), ("text", .string("")), ("yes", .bool(true)),
            ("no", .bool(false)), ("zero", .int(0)), ("least", .int(.min)), ("half", .double(0.5)),
            ("nan", .double(.nan)), ("bytes", .bytes([0, 255, 1])), ("none", .bytes([])), ("map", .map([])),
        ] as [(String, AttributeValue)] { builder.tag(key, value) }
        builder.event("first", at: 1_700_000_000_000_000_001, [("event", .string("kept")), ("n", .int(1))])
        builder.event("", at: 0)
        builder.link(.link, trace: TraceID(high: 1, low: 2), span: 3, [("why", .string("because"))])
        builder.end("GET /")
        // A second span without anything, of no resource and no scope.
        builder.row = SpanRow()
        builder.row.traceID = TraceID(high: 0xABC, low: 0xDEF)
        builder.row.spanID = SpanID(2)
        builder.row.resource = 0
        builder.end("")
        return builder.batch
    }

    @Test func `what OTLP sent goes out as the same OTLP, in JSON and in protobuf`() async throws {
        let batch = Self.everything()
        let text = try await Self.json([batch])
        let copy = Array(text.utf8)
        let fromJSON = try OTLPReceiver.decodeJSON(copy.span.bytes)
        #expect(fromJSON.rejectedSpans == 0)
        #expect(try await Self.json([fromJSON.batch]) == text)
        let bytes = try await Self.protobuf([batch])
        let fromProtobuf = try OTLPReceiver.decodeProtobuf(bytes.span.bytes)
        #expect(fromProtobuf.rejectedSpans == 0)
        #expect(try await Self.json([fromProtobuf.batch]) == text)
        #expect(try await Self.protobuf([fromJSON.batch]) == bytes)
        #expect(fromProtobuf.batch.spans[0] == fromJSON.batch.spans[0])
    }

    @Test func `OTLP's JSON has ids in hexadecimal, numbers as text, and no defaults`() async throws {
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop", [("service.name", .string("shop"))])
        builder.row.kind = .server
        builder.tag("n", .int(5))
        builder.tag("x", .double(.nan))
        builder.end("op")
        #expect(
            try await Self.json([builder.batch]) == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},\
                "scopeSpans":[{"scope":{},"spans":[{"traceId":"00000000000000000000000000001001",\
                "spanId":"0000000000000001","name":"op","kind":2,"startTimeUnixNano":"1700000000000000000",\
                "endTimeUnixNano":"1700000000001500999","attributes":[{"key":"n","value":{"intValue":"5"}},\
                {"key":"x","value":{"doubleValue":"NaN"}}],"status":{}}]}]}]}
                """
        )
    }

    @Test func `tags of Jaeger's that OTLP has fields for become the fields, and the others stay`() async throws {
        var builder = BatchBuilder()
        builder.resource(.jaeger, "old", [("hostname", .string("h"))])
        builder.row.parentSpanID = SpanID(9)
        builder.row.kind = .server
        builder.row.status = .error
        builder.row.flags = 3
        for (key, value) in [
            ("span.kind", .string("server")), ("error", .bool(true)), ("error", .string("no")),
            ("otel.status_code", .string("ERROR")), ("otel.status_description", .string("why")),
            ("otel.scope.name", .string("lib")), ("w3c.tracestate", .string("a=b")), ("kept", .int(1)),
        ] as [(String, AttributeValue)] { builder.tag(key, value) }
        builder.link(.childOf, span: 9)
        builder.link(.followsFrom, trace: TraceID(high: 1, low: 2), span: 3)
        builder.event("e", at: 1, [("event", .string("e")), ("event", .string("f"))])
        builder.end("op")
        #expect(
            try await Self.json([builder.batch]) == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"old"}},\
                {"key":"hostname","value":{"stringValue":"h"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[\
                {"traceId":"00000000000000000000000000001001","spanId":"0000000000000001","traceState":"a=b",\
                "parentSpanId":"0000000000000009","name":"op","kind":2,"startTimeUnixNano":"1700000000000000000",\
                "endTimeUnixNano":"1700000000001500999","attributes":[{"key":"error","value":{"stringValue":"no"}},\
                {"key":"kept","value":{"intValue":"1"}}],"events":[{"timeUnixNano":"1","name":"e","attributes":[\
                {"key":"event","value":{"stringValue":"f"}}]}],"links":[{"traceId":"00000000000000010000000000000002",\
                "spanId":"0000000000000003","attributes":[{"key":"opentracing.ref_type",\
                "value":{"stringValue":"follows_from"}}]}],"status":{"message":"why","code":2}}]}]}]}
                """
        )
    }

    @Test func `a tag that says something else than its field stays`() async throws {
        var builder = BatchBuilder()
        builder.resource(.jaeger, "old")
        builder.tag("span.kind", .string("gateway"))
        builder.tag("error", .bool(false))
        builder.tag("otel.status_code", .string("WEIRD"))
        builder.end("op")
        let text = try await Self.json([builder.batch])
        for kept in [#""stringValue":"gateway""#, #""boolValue":false"#, #""stringValue":"WEIRD""#] {
            #expect(text.contains(kept))
        }
        #expect(text.contains(#""status":{}"#))
    }

    @Test func `what is no text goes out as bytes, and in names as a replacement`() async throws {
        var builder = BatchBuilder()
        builder.resource(.otlp, "shop")
        builder.tag(keyBytes: [0x6B, 0xFF], stringBytes: [0xFF, 0xFE])
        builder.end("op")
        let attribute = "{\"key\":\"k\u{FFFD}\",\"value\":{\"bytesValue\":\"//4=\"}}"
        #expect(try await Self.json([builder.batch]).contains(attribute))
        let bytes = try await Self.protobuf([builder.batch])
        let read = try OTLPReceiver.decodeProtobuf(bytes.span.bytes)
        #expect(try await Self.json([read.batch]).contains(attribute))
    }

    @Test func `spans stand by resource and scope, however they are mixed`() async throws {
        var builder = BatchBuilder()
        builder.resource(.otlp, "a", [("service.name", .string("a"))])
        builder.end("a1")
        builder.resource(.otlp, "b", [("service.name", .string("b"))])
        builder.end("b1")
        builder.row.resource = 0
        builder.end("a2")
        builder.scope("s", "")
        builder.end("a3")
        let view = OTLPView(builder.batch)
        #expect(view.groups.map(\.resource) == [0, 0, 1])
        #expect(view.groups.map(\.places) == [0..<2, 2..<3, 3..<4])
        #expect(view.rows == [0, 2, 3, 1])
        let text = try await Self.json([builder.batch])
        #expect(text.components(separatedBy: #""resource":"#).count == 3)
        #expect(text.components(separatedBy: #""scope":"#).count == 4)
    }

    @Test func `a large trace is written in parts of bounded size that are one message together`() async throws {
        var builder = BatchBuilder()
        builder.resource(.otlp, "big", [("service.name", .string("big"))])
        for index in 0..<5000 {
            builder.tag("index", .int(Int64(index)))
            builder.tag("text", .string(String(repeating: "x", count: 300)))
            builder.end("op")
        }
        var writer = OTLPProtobufWriter(TracePages([builder.batch]))
        var bytes: [UInt8] = []
        var parts = 0
        while let piece = try await writer.next() {
            #expect(piece.readableBytes < 2 << 20)
            bytes += Array(piece.readableBytesView)
            parts += 1
        }
        #expect(parts >= 5)
        #expect(try OTLPReceiver.decodeProtobuf(bytes.span.bytes).batch.count == 5000)
    }
}
