import Testing
import TraceModel

@testable import Receivers

struct ZipkinTests {
    private func decode(_ text: String) throws(ReceiverError) -> Received {
        try decodeZipkin(Array(text.utf8))
    }

    @Test func `a recorded request of version 2 gives Jaeger's attributes`() throws {
        let received = try decodeZipkin(fixture("zipkin-v2.json"))
        let batch = received.batch
        #expect(batch.count == 8 && received.rejections.isEmpty)
        #expect(
            batch.tags(0) == [
                "http.method=string(\"GET\")", "http.path=string(\"/api\")", "empty=string(\"\")", "num=string(\"12\")",
                "bool=string(\"true\")", "net.host.ip=string(\"10.0.0.1\")", "net.host.port=int(8080)",
                "net.peer.ip=string(\"10.0.0.99\")", "net.peer.port=int(50000)",
            ]
        )
        #expect(
            batch.tags(1) == [
                "error=string(\"timeout\")", "net.host.ip=string(\"10.0.0.1\")",
                "peer.service=string(\"golden-zip-back\")", "net.peer.ip=string(\"2001:db8::c001\")",
                "net.peer.port=int(9090)",
            ]
        )
        #expect(
            (0..<8).map { batch.spans.kinds[$0] }
                == [.server, .client, .server, .producer, .consumer, .unspecified, .unspecified, .unspecified]
        )
        #expect(
            (0..<8).map { batch.spans.statuses[$0] } == [
                .unset, .error, .error, .unset, .unset, .unset, .unset, .error,
            ]
        )
        #expect(batch.spans[0].startNanoseconds == 1_795_392_050_000_000_000 && batch.spans.durations[0] == 1_500_000)
        #expect(batch.spans.parentSpanIDs[1] == 1 && batch.spans.parentSpanIDs[2] == 1)
        #expect(batch.events.range(0).map { batch.strings.text(batch.events.names[$0]) } == ["wr", "cache.miss 世界"])
        #expect(batch.events.times[0] == 1_795_392_050_000_100_000)
        #expect(batch.service(of: 0) == "golden-zip-front" && batch.service(of: 2) == "golden-zip-back")
        #expect(batch.service(of: 6) == "missing-service-name" && batch.resources.count == 3)
        #expect(batch.resources.allSatisfy { $0.format == .zipkin })
    }

    @Test func `tags of OpenTelemetry's exporter become what they stand for`() throws {
        let batch = try decodeZipkin(fixture("zipkin-v2.json")).batch
        #expect(batch.tags(7) == ["lc=string(\"comp\")"])
        #expect(batch.strings.text(batch.spans[7].traceState) == "q=1")
        #expect(batch.strings.text(batch.spans[7].statusMessage) == "zerr")
        #expect(batch.scope(of: 7).map { batch.strings.text($0.name) } == "zl")
        #expect(batch.scope(of: 6) == nil)
        #expect(batch.spans[7].traceID == TraceID(low: 0x7001))
    }

    @Test func `a recorded request of version 1 takes service, kind and host from its core annotations`() throws {
        let batch = try decodeZipkinV1(fixture("zipkin-v1.json")).batch
        #expect(batch.count == 2 && batch.spans.kinds == [.server, .client])
        #expect(batch.service(of: 0) == "golden-zip1" && batch.resources.count == 1)
        #expect(batch.tags(batch.resources[0].attributes) == ["ipv4=string(\"10.0.0.1\")", "port=int(80)"])
        #expect(batch.events.range(0).map { batch.strings.text(batch.events.names[$0]) } == ["note"])
        #expect(
            batch.tags(0) == [
                "http.path=string(\"/v1\")", "peer.service=string(\"caller\")", "net.peer.ip=string(\"10.0.0.1\")",
            ]
        )
        #expect(batch.spans.durations == [2_000_000, 100_000] && batch.spans.parentSpanIDs == [0, 1])
    }

    @Test func `version 1 tells start and duration by its core annotations when nothing else does`() throws {
        let text = """
            [{"traceId":"1","id":"2","name":"n","annotations":[{"timestamp":5000,"value":"cr"},
              {"timestamp":2000,"value":"cs"},
              {"timestamp":1000,"value":"early"}],
              "binaryAnnotations":[{"key":"lc","value":"db","endpoint":{"serviceName":"s"}}]}]
            """
        let batch = try decodeZipkinV1(Array(text.utf8)).batch
        #expect(batch.spans[0].startNanoseconds == 2_000_000 && batch.spans.durations[0] == 3_000_000)
        #expect(batch.tags(0) == ["component=string(\"db\")"] && batch.service(of: 0) == "s")
    }

    @Test func `a span that tells no time gets the time of the request and says so`() throws {
        let batch = try decode("[{\"traceId\":\"1\",\"id\":\"2\"}]").batch
        #expect(batch.spans[0].startNanoseconds == receivedAt)
        #expect(batch.tags(0) == ["otel.zipkin.absentField.startTime=bool(true)"])
    }

    @Test func `the tag error with the text true is a status alone`() throws {
        let batch = try decode("[{\"traceId\":\"1\",\"id\":\"2\",\"timestamp\":1,\"tags\":{\"error\":\"true\"}}]").batch
        #expect(batch.spans[0].status == .error && batch.tags(0) == [])
    }

    @Test func `a parent that is the span itself is none`() throws {
        let batch = try decode("[{\"traceId\":\"1\",\"id\":\"2\",\"parentId\":\"2\",\"timestamp\":1}]").batch
        #expect(batch.spans[0].parentSpanID == .none)
    }

    @Test func `spans without ids or with impossible times are rejected alone`() throws {
        let received = try decode(
            """
            [{"name":"no ids","timestamp":1},{"traceId":"1","id":"0"},{"traceId":"1","id":"2","timestamp":-5},
             {"traceId":"1","id":"3","timestamp":9223372036854775807},{"traceId":"1","id":"4","timestamp":1}]
            """
        )
        #expect(
            received.batch.count == 1 && received.rejections.map(\.reason) == [.zeroTraceID, .zeroSpanID, .invalidTime]
        )
        #expect(received.rejectedSpans == 4)
    }

    @Test(arguments: [
        ("", "the body is empty, JSON was expected (at byte 0)"),
        ("{}", "a list was expected (at byte 0)"),
        ("[{\"traceId\":\"xyz\"}]", "[0].traceId: an id that is not 1 to 32 hexadecimal digits (at byte 12)"),
        ("[{\"id\":\"11111111111111111\"}]", "[0].id: an id that is not 1 to 16 hexadecimal digits (at byte 7)"),
        ("[{},{\"tags\":{\"a\":true}}]", "[1].tags.a: a string was expected (at byte 17)"),
        (
            "[{\"binaryAnnotations\":[{\"key\":\"a\",\"value\":[1]}]}]",
            "[0].binaryAnnotations[0].value: a string was expected (at byte 42)"
        ),
    ])
    func `an error names what was wrong and where`(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ReceiverError.self) { try decode(text) }
        #expect(error.description == expected)
    }

    @Test func `protobuf and JSON of one span are the same`() throws {
        let protobuf = ProtobufText { list in
            list.message(1) { span in
                span.message(11) { tag in
                    tag.text(2, "/x")
                    tag.text(1, "http.path")
                }
                span.data(1, bigEndian(0xAB) + bigEndian(0xCD))
                span.data(2, bigEndian(1))
                span.data(3, bigEndian(2))
                span.varint(4, 2)
                span.text(5, "get")
                span.fixed64(6, 1_700_000_000_000_000)
                span.varint(7, 1_500)
                span.message(8) { endpoint in
                    endpoint.text(1, "front")
                    endpoint.data(2, [10, 0, 0, 1])
                    endpoint.varint(4, 8080)
                }
                span.message(9) { $0.data(3, bytes(hex: "20010db8000000000000000000c00001")) }
                span.message(10) { annotation in
                    annotation.fixed64(1, 1_700_000_000_000_100)
                    annotation.text(2, "note")
                }
            }
        }.bytes
        let json = """
            [{"tags":{"http.path":"/x"},"traceId":"00000000000000ab00000000000000CD","parentId":"1","id":"2",
              "kind":"SERVER",
              "name":"get","timestamp":1700000000000000,"duration":1500,"unknown":[{"a":[1]}],
              "localEndpoint":{"serviceName":"front","ipv4":"10.0.0.1","port":8080},
              "remoteEndpoint":{"ipv6":"2001:db8::c0:1"},
              "annotations":[{"timestamp":1700000000000100,"value":"note"}]}]
            """
        let batch = try decodeZipkinProtobuf(protobuf).batch
        #expect(batch.count == 1 && batch.spans[0].traceID.high == 0xAB)
        #expect(describe(batch) == describe(try decode(json).batch))
    }

    @Test func `a protobuf id of a wrong length refuses the request`() throws {
        let body = ProtobufText { $0.message(1) { $0.data(3, [1, 2, 3]) } }.bytes
        let error = try #require(throws: ReceiverError.self) { try decodeZipkinProtobuf(body) }
        #expect(error.description == "a span's id of 3 bytes, where 8 are needed (at byte 4)")
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0, 0, 0, 0, 1], "::1"), ([0, 0, 0, 0, 0, 0, 0, 0], "::"),
            ([1, 0, 0, 2, 0, 0, 0, 3], "1:0:0:2::3"),
            ([0x2001, 0xDB8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"),
            ([0xFE80, 1, 2, 3, 4, 5, 0, 0], "fe80:1:2:3:4:5::"),
        ] as [([UInt16], String)]
    )
    func `addresses of IPv6 are in the short form`(_ groups: [UInt16], _ expected: String) {
        #expect(ipv6Text(groups) == expected)
    }

    @Test func `damaged requests neither crash nor take memory out of proportion`() throws {
        let good = try fixture("zipkin-v2.json")
        let v2 = assault(good, flips: 5_000, seed: 3) { try? decodeZipkin($0).batch.byteCount }
        #expect(v2.accepted > 0 && v2.largest < 16 * good.count)
        let old = try fixture("zipkin-v1.json")
        let v1 = assault(old, flips: 5_000, seed: 4) { try? decodeZipkinV1($0).batch.byteCount }
        #expect(v1.accepted > 0 && v1.largest < 16 * old.count)
        let message = ProtobufText { $0.span { $0.message(8) { $0.text(1, "a") } } }.bytes.map {
            $0 == 0x12 ? 0x0A : $0
        }
        let protobuf = assault(message, flips: 5_000, seed: 5) { try? decodeZipkinProtobuf($0).batch.byteCount }
        #expect(protobuf.largest < 4_096)
    }
}
