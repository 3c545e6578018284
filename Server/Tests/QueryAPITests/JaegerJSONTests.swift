import Testing
import TraceModel

@testable import QueryAPI

/// What spans of the three families of protocols look like in Jaeger's JSON.
struct JaegerJSONTests {
    private func span(_ batch: SpanBatch, _ index: Int = 0, isRaw: Bool = false) -> String {
        var json = JSONWriter()
        json.span(index, of: JaegerView(batch, isRaw: isRaw))
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `a span of a Jaeger client comes back as it was sent`() {
        var builder = BatchBuilder()
        builder.resource(.jaeger, "svc")
        // What the receiver derived must not show up a second time.
        builder.row.kind = .server
        builder.row.status = .error
        builder.row.flags = 3
        builder.row.parentSpanID = SpanID(9)
        builder.tag("span.kind", .string("server"))
        builder.tag("error", .string("true"))
        builder.tag("dup", .int(1))
        builder.tag("dup", .int(2))
        builder.link(.followsFrom, trace: TraceID(high: 1, low: 2), span: 3)
        builder.event("e2", at: 1_700_000_000_000_100_999, [("event", .string("e1")), ("event", .string("e2"))])
        builder.event("", at: 1_700_000_000_000_100_999)
        builder.end("op")
        #expect(
            span(builder.batch) == """
                {"traceID":"0000000000001001","spanID":"0000000000000001","flags":3,"operationName":"op","references":[\
                {"refType":"CHILD_OF","traceID":"0000000000001001","spanID":"0000000000000009"},\
                {"refType":"FOLLOWS_FROM","traceID":"00000000000000010000000000000002","spanID":"0000000000000003"}],\
                "startTime":1700000000000000,"duration":1500,"tags":[\
                {"key":"span.kind","type":"string","value":"server"},{"key":"error","type":"string","value":"true"},\
                {"key":"dup","type":"int64","value":1},{"key":"dup","type":"int64","value":2}],"logs":[\
                {"timestamp":1700000000000100,"fields":[{"key":"event","type":"string","value":"e1"},\
                {"key":"event","type":"string","value":"e2"}]},{"timestamp":1700000000000100,"fields":[]}],\
                "processID":"p1","warnings":null}
                """
        )
    }

    @Test func `the parent of a Jaeger span is not repeated when it is among the references`() {
        var builder = BatchBuilder()
        builder.resource(.jaeger, "svc")
        builder.row.parentSpanID = SpanID(9)
        builder.link(.followsFrom, span: 9)
        builder.link(.childOf, span: 8)
        builder.end("op")
        #expect(references(builder.batch) == [.init(.followsFrom, 9), .init(.childOf, 8)])
        // The same span id in another trace is another span.
        builder.link(.childOf, trace: TraceID(low: 5), span: 9)
        builder.end("op")
        #expect(
            references(builder.batch, 1) == [.init(.childOf, 9), .init(.childOf, 9, trace: TraceID(low: 5))]
        )
    }

    @Test(arguments: [SpanFormat.otlp, .zipkin])
    func `kind, status, scope and events of other protocols become tags and logs`(format: SpanFormat) {
        var builder = BatchBuilder()
        builder.resource(format, "svc")
        builder.scope("lib", "1.0")
        builder.row.kind = .client
        builder.row.status = .error
        builder.row.statusMessage = builder.batch.strings.intern("boom")
        builder.row.traceState = builder.batch.strings.intern("a=1")
        builder.row.flags = 0x101
        builder.tag("z", .int(1))
        builder.tag("a", .string("x"))
        builder.event("named", at: 1_700_000_000_000_001_500, [("k", .bool(true))])
        builder.event("exception", at: 1_700_000_000_000_002_999, [("event", .string("mine"))])
        builder.event("", at: 0)
        builder.end("op")
        #expect(
            span(builder.batch) == """
                {"traceID":"0000000000001001","spanID":"0000000000000001","operationName":"op","references":[],\
                "startTime":1700000000000000,"duration":1500,"tags":[\
                {"key":"otel.scope.name","type":"string","value":"lib"},\
                {"key":"otel.scope.version","type":"string","value":"1.0"},{"key":"z","type":"int64","value":1},\
                {"key":"a","type":"string","value":"x"},{"key":"span.kind","type":"string","value":"client"},\
                {"key":"otel.status_code","type":"string","value":"ERROR"},{"key":"error","type":"bool","value":true},\
                {"key":"otel.status_description","type":"string","value":"boom"},\
                {"key":"w3c.tracestate","type":"string","value":"a=1"}],"logs":[\
                {"timestamp":1700000000000001,"fields":[{"key":"event","type":"string","value":"named"},\
                {"key":"k","type":"bool","value":true}]},{"timestamp":1700000000000002,"fields":[\
                {"key":"event","type":"string","value":"mine"}]},{"timestamp":0,"fields":[]}],\
                "processID":"p1","warnings":null}
                """
        )
    }

    @Test func `a link of OTLP follows from its span unless it says otherwise`() {
        var builder = BatchBuilder()
        builder.resource(.otlp, "svc")
        builder.row.parentSpanID = SpanID(9)
        builder.link(.link, span: 4)
        builder.link(.link, span: 5, [("opentracing.ref_type", .string("child_of"))])
        builder.link(.link, span: 6, [("opentracing.ref_type", .string("follows_from"))])
        builder.link(.link, trace: TraceID(low: 7), span: 9)
        builder.end("op")
        #expect(
            references(builder.batch) == [
                .init(.childOf, 9), .init(.followsFrom, 4), .init(.childOf, 5), .init(.followsFrom, 6),
                .init(.followsFrom, 9, trace: TraceID(low: 7)),
            ]
        )
        // A link to the parent says what the parent is, and adds nothing.
        builder.link(.link, span: 9)
        builder.end("op")
        #expect(references(builder.batch, 1) == [.init(.followsFrom, 9)])
        builder.link(.link, span: 9, [("opentracing.ref_type", .string("child_of"))])
        builder.end("op")
        #expect(references(builder.batch, 2) == [.init(.childOf, 9)])
    }

    @Test func `every type of value has its word`() {
        var builder = BatchBuilder()
        builder.resource(.otlp, "svc")
        builder.tag("", .string(""))
        builder.tag("empty", .empty)
        builder.tag("bytes", .bytes([0xDE, 0xAD, 0xBE, 0xEF]))
        builder.tag("nobytes", .bytes([]))
        builder.tag("whole", .double(2))
        builder.tag("nan", .double(.nan))
        builder.tag("small", .int(9_007_199_254_740_991))
        builder.tag("big", .int(9_007_199_254_740_992))
        builder.tag("negative", .int(-9_007_199_254_740_992))
        builder.tag("array", .array([.string("s"), .int(1), .bool(true), .double(2.5), .empty]))
        builder.tag("map", .map([.init("k", .string("<v>"))]))
        builder.tag(keyBytes: [0x6B, 0xFF], stringBytes: [0xFF, 0x61])
        builder.end("op")
        #expect(
            tags(builder.batch) == [
                #"{"key":"","type":"string","value":""}"#,
                #"{"key":"empty","type":"string","value":""}"#,
                #"{"key":"bytes","type":"binary","value":"3q2+7w=="}"#,
                #"{"key":"nobytes","type":"binary","value":null}"#,
                #"{"key":"whole","type":"float64","value":2}"#,
                #"{"key":"nan","type":"float64","value":"NaN"}"#,
                #"{"key":"small","type":"int64","value":9007199254740991}"#,
                #"{"key":"big","type":"int64","value":"9007199254740992"}"#,
                #"{"key":"negative","type":"int64","value":"-9007199254740992"}"#,
                #"{"key":"array","type":"string","value":"[\"s\",1,true,2.5,null]"}"#,
                #"{"key":"map","type":"string","value":"{\"k\":\"\u003cv\u003e\"}"}"#,
                "{\"key\":\"k\u{FFFD}\",\"type\":\"binary\",\"value\":\"/2E=\"}",
            ]
        )
    }

    @Test func `a span that ends before it starts says so`() {
        var builder = BatchBuilder()
        builder.resource(.otlp, "svc")
        builder.row.durationNanoseconds = -1000
        builder.end("op")
        #expect(span(builder.batch).contains("\"duration\":0,"))
        #expect(
            span(builder.batch).contains(
                "\"warnings\":[\"the span ends 1000 ns before it starts; its duration is shown as 0\"]"
            )
        )
        #expect(span(builder.batch, isRaw: true).contains("\"duration\":-1,"))
        #expect(span(builder.batch, isRaw: true).hasSuffix("\"warnings\":null}"))
    }

    @Test func `equal processes are one, numbered as the spans name them`() {
        var builder = BatchBuilder()
        builder.resource(.otlp, "unused")
        builder.resource(.otlp, "b", [("service.name", .string("b")), ("host.name", .string("h"))])
        builder.end("1")
        builder.resource(.jaeger, "a", [("ip", .string("127.0.0.1")), ("service.name", .string("kept"))])
        builder.end("2")
        builder.resource(.otlp, "b", [("service.name", .string("b")), ("host.name", .string("h"))])
        builder.batch.resources[3].droppedAttributes = 1
        builder.end("3")
        builder.resource(.jaeger, "")
        builder.end("4")
        builder.resource(.otlp, "", [("service.name", .string(""))])
        builder.end("5")
        builder.row.resource = 99
        builder.end("6")
        #expect((0..<6).map { processID(builder.batch, $0) } == ["p1", "p2", "p1", "p3", "p4", "p5"])
        var writer = TraceListWriter([builder.batch])
        let text = writer.text()
        #expect(
            text.contains(
                """
                "processes":{"p1":{"serviceName":"b","tags":[{"key":"host.name","type":"string","value":"h"}]},\
                "p2":{"serviceName":"a","tags":[{"key":"ip","type":"string","value":"127.0.0.1"},\
                {"key":"service.name","type":"string","value":"kept"}]},\
                "p3":{"serviceName":"empty-service-name","tags":[]},\
                "p4":{"serviceName":"missing-service-name","tags":[\
                {"key":"service.name","type":"string","value":""}]},\
                "p5":{"serviceName":"missing-service-name","tags":[]}},"warnings":null}],"total":0
                """
            )
        )
    }

    private struct Reference: Equatable {
        var kind: JaegerReference.Kind
        var span: UInt64
        var trace: TraceID

        init(_ kind: JaegerReference.Kind, _ span: UInt64, trace: TraceID = TraceID(low: 0x1001)) {
            self.kind = kind
            self.span = span
            self.trace = trace
        }
    }

    private func references(_ batch: SpanBatch, _ span: Int = 0) -> [Reference] {
        var references: [Reference] = []
        JaegerView(batch, isRaw: false).forEachReference(of: span) {
            references.append(Reference($0.kind, $0.spanID.bits, trace: $0.traceID))
        }
        return references
    }

    private func tags(_ batch: SpanBatch) -> [String] {
        var tags: [String] = []
        JaegerView(batch, isRaw: false).forEachTag(of: 0) { tag, batch in
            var json = JSONWriter()
            json.tag(tag, of: batch)
            tags.append(String(decoding: json.bytes, as: UTF8.self))
        }
        return tags
    }

    private func processID(_ batch: SpanBatch, _ span: Int) -> String {
        let view = JaegerView(batch, isRaw: false)
        return "p\(view.processes.number(ofResource: batch.spans.resources[span]))"
    }
}
