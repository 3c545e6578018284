import Sampling
import SpanStorage
import Testing
import TraceModel

@testable import MartletServer

@Suite struct HTTPIngestTests {
    static let json = ["Content-Type": "application/json"]
    static let protobuf = ["Content-Type": "application/x-protobuf"]
    static let thrift = ["Content-Type": "application/x-thrift"]

    @Test func `a span sent as OTLP JSON is in the store when the answer comes`() async throws {
        try await withTestServer { server in
            let answer = try await server.client(.otlpHTTP).post("/v1/traces", Samples.otlpJSON, Self.json)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.body == #"{"partialSuccess":{}}"#)
            #expect(try await server.store.services() == ["shop"])
            #expect(try await server.store.trace(Samples.otlpTraceID)?.count == 1)
        }
    }

    @Test func `an empty OTLP protobuf request succeeds`() async throws {
        try await withTestServer { server in
            let answer = try await server.client(.otlpHTTP).post("/v1/traces", [], Self.protobuf)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/x-protobuf")
            #expect(answer.bytes == [0x0A, 0x00])
        }
    }

    @Test func `a body packed with gzip is unpacked`() async throws {
        try await withTestServer { server in
            let headers = Self.json.merging(["Content-Encoding": "gzip"]) { $1 }
            let client = try server.client(.otlpHTTP)
            let answer = try await client.post("/v1/traces", Samples.storedGzip(Samples.otlpJSON), headers)
            #expect(answer.status == 200)
            #expect(server.spanCount == 1)
            // The connection and its decompressor go on with a plain one.
            #expect(try await client.post("/v1/traces", Samples.otlpJSON, Self.json).status == 200)
        }
    }

    @Test func `a Jaeger batch over HTTP is accepted with an empty answer`() async throws {
        try await withTestServer { server in
            let client = try server.client(.jaegerHTTP)
            let answer = try await client.post("/api/traces?format=jaeger.thrift", Samples.jaegerBatch, Self.thrift)
            #expect(answer.status == 202)
            #expect(answer.bytes.isEmpty)
            #expect(try await server.store.services() == ["svc"])
        }
    }

    @Test func `a Zipkin list is accepted in each encoding`() async throws {
        try await withTestServer { server in
            let client = try server.client(.zipkinHTTP)
            #expect(try await client.post("/api/v2/spans", Samples.zipkinJSON, Self.json).status == 202)
            #expect(try await client.post("/api/v1/spans", Samples.zipkinThrift, Self.thrift).status == 202)
            #expect(try await server.store.services() == ["zjson", "zsvc"])
            #expect(try await client.get("/api/v2/traces").status == 405)
            #expect(try await client.post("/api/v2/spans", Array("[{".utf8), Self.json).status == 400)
        }
    }

    @Test func `a wrong content type gets the answer of the protocol, and the connection stays`() async throws {
        try await withTestServer { server in
            let jaeger = try server.client(.jaegerHTTP)
            let odd = try await jaeger.post("/api/traces", [1], ["Content-Type": "text/a; b=\"<c>\""])
            #expect(odd.status == 400)
            #expect(odd.body == "Unsupported content type: text/a; b=&#34;&lt;c&gt;&#34;\n")
            #expect(try await jaeger.post("/api/traces", [1]).body.hasPrefix("Cannot parse content type: "))
            let malformed = try await jaeger.post("/api/traces", [1], ["Content-Type": "application/x-thrift;;bad"])
            #expect(malformed.status == 400)
            #expect(malformed.body == "Cannot parse content type: mime: invalid media parameter\n")
            #expect(try await jaeger.get("/api/traces").status == 405)
            #expect(try await jaeger.get("/elsewhere").status == 404)
            #expect(try await jaeger.post("/api/traces", Samples.jaegerBatch, Self.thrift).status == 202)
            let otlp = try server.client(.otlpHTTP)
            let plain = try await otlp.post("/v1/traces", [1], ["Content-Type": "text/plain"])
            #expect(plain.status == 415)
            #expect(
                plain.body == "415 unsupported media type, supported: [application/json, application/x-protobuf]\n"
            )
            let get = try await otlp.get("/v1/traces")
            #expect(get.status == 405 && get.headers["allow"] == "POST")
            #expect(get.body == "405 method not allowed, supported: [POST]\n")
            let metrics = try await otlp.post("/v1/metrics", [], Self.protobuf)
            #expect(metrics.status == 404)
            #expect(metrics.headers["content-type"] == "application/x-protobuf")
            #expect(metrics.bytes.starts(with: [0x08, 12, 0x12]))
        }
    }

    @Test func `a body cut at any byte is refused with words and nothing of it is kept`() async throws {
        try await withTestServer { server in
            let client = try server.client(.jaegerHTTP)
            for count in stride(from: 0, to: Samples.jaegerBatch.count, by: 7) {
                let answer = try await client.post("/api/traces", Array(Samples.jaegerBatch.prefix(count)), Self.thrift)
                #expect(answer.status == 400)
                #expect(answer.body.hasPrefix("Unable to process request body: "))
            }
            #expect(server.spanCount == 0)
            let answer = try await server.client(.otlpHTTP).post(
                "/v1/traces",
                Array("{\"resourceSpans\":".utf8),
                Self.json
            )
            #expect(answer.status == 400)
            #expect(answer.body.hasPrefix(#"{"code":3,"message":"#))
            #expect(
                try await server.metric(
                    #"martlet_ingest_requests_refused_total{source="otlp_http",reason="undecodable"}"#
                )
                    == 1
            )
        }
    }

    @Test func `a good span beside a bad one is kept and the answer says so`() async throws {
        try await withTestServer { server in
            let answer = try await server.client(.otlpHTTP).post("/v1/traces", Samples.otlpWithZeroID, Self.json)
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""rejectedSpans":"1""#))
            #expect(server.spanCount == 1)
            let sample = #"svc="shop",format="otlp",transport="http""#
            #expect(try await server.metric("jaeger_collector_spans_received_total{\(sample),debug=\"false\"}") == 2)
            #expect(try await server.metric("jaeger_collector_spans_saved_by_svc_total{\(sample),result=\"ok\"}") == 1)
            #expect(
                try await server.metric("jaeger_collector_spans_rejected_total{\(sample),reason=\"zero_span_id\"}") == 1
            )
        }
    }

    @Test func `browsers are let in from the named origins alone`() async throws {
        try await withTestServer({ $0.otlpAllowedOrigins = ["https://*.shop.example"] }) { server in
            let client = try server.client(.otlpHTTP)
            client.send(
                "OPTIONS /v1/traces HTTP/1.1\r\nHost: a\r\nOrigin: https://www.shop.example\r\n"
                    + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
            )
            let preflight = try await client.answer()
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == "https://www.shop.example")
            #expect(preflight.headers["access-control-allow-headers"] == "content-type")
            let other = Self.json.merging(["Origin": "https://evil.example"]) { $1 }
            let answer = try await client.post("/v1/traces", Samples.otlpJSON, other)
            #expect(answer.headers["access-control-allow-origin"] == nil)
        }
    }
}

@Suite struct SamplingPortTests {
    @Test func `adaptive sampling learns operations from spans that do not say how they were sampled`() async throws {
        let options = AdaptiveOptions()
        try await withTestServer({
            $0.samplingAdaptive = options
            $0.samplingInterval = .milliseconds(50)
        }) { server in
            let sampling = try server.client(.sampling)
            let first = try await sampling.get("/sampling?service=shop").body
            #expect(first.contains(#""perOperationStrategies":[]"#))
            let ingest = try server.client(.otlpHTTP)
            #expect(try await ingest.post("/v1/traces", Samples.otlpJSON, HTTPIngestTests.json).status == 200)
            // One trace, and then none: the probability doubles each time until all are sampled.
            let certain = #"{"operation":"buy","probabilisticSampling":{"samplingRate":1}}"#
            #expect(
                try await eventually(within: .seconds(60)) {
                    try await sampling.get("/sampling?service=shop").body.contains(certain)
                }
            )
        }
    }

    @Test func `clients are told the default probability, old ones with a number for the type`() async throws {
        try await withTestServer({ $0.samplingProbability = 0.25 }) { server in
            let client = try server.client(.sampling)
            let words = #"{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.25}}"#
            #expect(try await client.get("/sampling?service=a+b").body == words)
            let number = #"{"strategyType":0,"probabilisticSampling":{"samplingRate":0.25}}"#
            #expect(try await client.get("/?service=a").body == number)
            #expect(try await client.get("/sampling").status == 400)
            #expect(try await client.get("/sampling?service=a&service=b").status == 400)
            #expect(try await client.get("/baggageRestrictions?service=a").status == 404)
            #expect(try await server.client(.jaegerHTTP).get("/api/sampling?service=a").body == words)
        }
    }

    @Test(
        arguments: [
            ("application/x-thrift", nil), ("Application/X-Thrift ; charset=\"a;b\\\"\"", nil), ("text", nil),
            ("a/b;", nil),
            ("", "mime: no media type"), ("a/", "mime: expected token after slash"),
            ("a/b c", "mime: unexpected content after media subtype"),
            ("a b", "mime: expected slash after first token"), ("a/b;;c=d", "mime: invalid media parameter"),
            ("a/b;c", "mime: invalid media parameter"), ("a/b;c=\"d", "mime: invalid media parameter"),
            ("a/b;c=d;C=e", "mime: duplicate parameter name"),
        ] as [(String, String?)]
    )
    func `a media type is read as strictly as Go reads it`(text: String, problem: String?) {
        var found: String?
        do throws(MediaTypeError) {
            _ = try MediaType(strictly: text)
        } catch {
            found = error.rawValue
        }
        #expect(found == problem)
    }
}
