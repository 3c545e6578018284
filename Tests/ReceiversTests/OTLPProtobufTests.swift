import Testing
import TraceModel

@testable import Receivers

struct OTLPProtobufTests {
    @Test func `a recorded request gives every field of every span`() throws {
        let received = try decodeProtobuf(fixture("otlp-main.pb"))
        let batch = received.batch
        #expect(batch.count == 10)
        #expect(received.rejections.isEmpty && received.truncations.isEmpty)
        let root = batch.spans[0]
        #expect(root.traceID.hex == "6bf92f3577b34da6a3ce929d0e0e4736" && root.spanID.hex == "00f067aa0ba902b7")
        #expect(root.parentSpanID == .none && root.kind == .server && root.status == .ok && root.flags == 257)
        #expect(root.startNanoseconds == 1_795_392_030_000_000_000 && root.durationNanoseconds == 2_000_000_000)
        #expect(batch.strings.text(root.name) == "root-server")
        #expect(batch.strings.text(root.statusMessage) == "ignored?")
        #expect(batch.strings.text(root.traceState) == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
        #expect([root.droppedAttributes, root.droppedEvents, root.droppedLinks] == [1, 2, 4])
        #expect(batch.service(of: 0) == "golden-pb" && batch.service(of: 9) == "golden-pb-b")
        #expect(batch.resources.count == 2 && batch.resources[0].droppedAttributes == 3)
        #expect(batch.strings.text(batch.resources[0].schemaURL) == "https://opentelemetry.io/schemas/1.26.0")
        let scope = try #require(batch.scope(of: 0))
        #expect(batch.strings.text(scope.name) == "golden.scope" && batch.strings.text(scope.version) == "9.9")
        #expect(batch.strings.text(scope.schemaURL) == "https://opentelemetry.io/schemas/1.21.0")
        #expect(batch.tags(scope.attributes) == ["scope.attr=string(\"sv\")", "scope.n=int(1)"])
        #expect(batch.scope(of: 8) == Scope())
    }

    @Test func `values keep their types`() throws {
        let batch = try decodeProtobuf(fixture("otlp-main.pb")).batch
        var values: [String: AttributeValue] = [:]
        for index in batch.spanAttributes.range(0) {
            let attribute = batch.spanAttributes[index]
            values[batch.strings.text(attribute.key)] = batch.value(attribute)
        }
        #expect(values.count == 17)
        #expect(values["a.str"] == .string("ünï 🚀") && values["a.empty"] == .string("") && values["a.null"] == .empty)
        #expect(values["a.int"] == .int(-42) && values["a.big"] == .int(9_007_199_254_740_993))
        #expect(values["a.dblint"] == .double(2) && values["a.bool"] == .bool(false))
        #expect(values["a.bytes"] == .bytes([0xDE, 0xAD, 0xBE, 0xEF]) && values["a.emptyarr"] == .array([]))
        #expect(values["a.mixed"] == .array([.string("s"), .int(1), .bool(true), .double(2.5), .empty]))
        #expect(values["a.nested"] == .array([.array([.int(1)]), .array([.string("z")])]))
        #expect(values["a.map"] == .map([.init("k", .string("v")), .init("n", .int(1))]))
    }

    @Test func `events and links keep their attributes and order`() throws {
        let batch = try decodeProtobuf(fixture("otlp-main.pb")).batch
        #expect(
            batch.events.range(0).map { batch.strings.text(batch.events.names[$0]) } == ["ev-one", "", "exception"]
        )
        #expect(batch.events.times[2] == 1_795_392_030_000_002_999 && batch.events.droppedAttributes[0] == 5)
        #expect(batch.eventTags(0) == ["k=string(\"v\")", "n=int(7)"] && batch.eventTags(1) == [])
        #expect(batch.links.range(0).count == 3 && batch.links.range(1).isEmpty)
        #expect(
            batch.links[0].traceID.hex == "0af7651916cd43dd8448eb211c80319c" && batch.links[0].droppedAttributes == 1
        )
        #expect(batch.strings.text(batch.links[0].traceState) == "a=b")
        #expect(batch.list(batch.links.attributes, 2) == " opentracing.ref_type=string:string(\"child_of\")")
    }

    @Test func `an end before the start is kept as a negative duration`() throws {
        let batch = try decodeProtobuf(fixture("otlp-main.pb")).batch
        #expect(batch.spans.durations[7] == -1_000)
    }

    @Test func `an empty body holds no spans`() throws {
        let received = try decodeProtobuf(([] as [UInt8]))
        #expect(received.batch.isEmpty && received.batch.resources.isEmpty)
    }

    @Test func `resource and scope may stand behind their spans`() throws {
        let body = ProtobufText { request in
            request.message(1) { resourceSpans in
                resourceSpans.message(2) { scopeSpans in
                    scopeSpans.span()
                    scopeSpans.message(1) { $0.text(1, "lib") }
                }
                resourceSpans.message(2) { $0.span("other") }
                resourceSpans.message(1) { resource in
                    resource.message(1) { attribute in
                        attribute.message(2) { $0.text(1, "late") }
                        attribute.text(1, "service.name")
                    }
                }
            }
        }.bytes
        let batch = try decodeProtobuf(body).batch
        #expect(batch.service(of: 0) == "late" && batch.service(of: 1) == "late")
        #expect(batch.scope(of: 0).map { batch.strings.text($0.name) } == "lib")
        #expect(batch.scope(of: 1) == nil)
    }

    @Test(arguments: [
        (nil, "missing-service-name"), (AttributeValue.string(""), "empty-service-name"),
        (.int(3), "service-name-wrong-type"), (.string("shop"), "shop"),
    ])
    func `a service name that is missing, empty or no string has a name that says so`(
        _ name: AttributeValue?,
        _ expected: String
    ) throws {
        let body = ProtobufText { request in
            request.message(1) { resourceSpans in
                if let name {
                    var encoded: [UInt8] = []
                    name.encode(into: &encoded)
                    resourceSpans.message(1) { resource in
                        resource.message(1) { attribute in
                            attribute.text(1, "service.name")
                            attribute.data(2, encoded)
                        }
                    }
                }
                resourceSpans.message(2) { $0.span() }
            }
        }.bytes
        let batch = try decodeProtobuf(body).batch
        #expect(batch.service(of: 0) == expected)
        #expect(batch.resources[0].attributes.count == (name == nil ? 0 : 1))
    }

    @Test func `an id of a wrong length refuses the request and says which and where`() throws {
        let error = try #require(throws: ReceiverError.self) {
            try decodeProtobuf(fixture("otlp-badid.pb"))
        }
        #expect(error.message == "a span_id of 2 bytes, where 8 are needed" && error.offset == 0x41)
    }

    @Test func `a request that was cut refuses as a whole`() throws {
        let error = try #require(throws: ReceiverError.self) { try decodeProtobuf(fixture("otlp-truncated.pb")) }
        #expect(error.message.hasPrefix("not a valid OTLP ExportTraceServiceRequest: it ends too early"))
    }

    @Test func `spans without ids are rejected alone and named`() throws {
        let body = ProtobufText.request { scope in
            scope.span("good")
            scope.span("no span", id: 0) { $0.message(9) { $0.text(1, "k") } }
            scope.span("no trace", trace: 0)
            scope.message(2) { $0.text(5, "nothing") }
            scope.span("good too", id: 3)
        }
        let received = try decodeProtobuf(body)
        #expect(received.batch.count == 2 && received.batch.spanAttributes.count == 0)
        #expect(received.rejectedSpans == 3)
        #expect(received.rejections.map(\.reason) == [.zeroSpanID, .zeroTraceID])
        #expect(received.rejections.map(\.count) == [1, 2])
        #expect(received.rejectionMessage.contains("\"no span\", trace id 00000000000000000000000000000001"))
    }

    @Test func `what exceeds a bound is left out, counted and told`() throws {
        let limit = ReceiverLimits.attributesMax
        let body = ProtobufText.request { scope in
            scope.span { span in
                for number in 0..<limit + 3 { span.message(9) { $0.text(1, "k\(number)") } }
                for _ in 0..<ReceiverLimits.eventsMax + 2 { span.message(11) { $0.fixed64(1, 7) } }
                for _ in 0..<ReceiverLimits.linksMax + 1 { span.message(13) { $0.varint(5, 1) } }
                span.varint(10, 5)
            }
            scope.span { span in
                span.message(9) { $0.text(1, String(repeating: "k", count: ReceiverLimits.keyBytesMax + 1)) }
                span.message(9) { item in
                    item.text(1, "long")
                    item.message(2) { $0.text(1, String(repeating: "é", count: ReceiverLimits.stringBytesMax / 2 + 9)) }
                }
                span.message(9) { item in
                    item.text(1, "large")
                    item.message(2) { $0.data(7, [UInt8](repeating: 1, count: ReceiverLimits.valueBytesMax + 1)) }
                }
            }
        }
        let received = try decodeProtobuf(body)
        let first = received.batch.spans[0]
        #expect(received.batch.spanAttributes.range(0).count == limit && first.droppedAttributes == 8)
        #expect(received.batch.events.range(0).count == ReceiverLimits.eventsMax && first.droppedEvents == 2)
        #expect(received.batch.links.range(0).count == ReceiverLimits.linksMax && first.droppedLinks == 1)
        #expect(received.batch.spanAttributes.range(1).count == 1 && received.batch.spans[1].droppedAttributes == 2)
        let cut = received.batch.value(received.batch.spanAttributes[limit])
        let whole = String(repeating: "é", count: ReceiverLimits.stringBytesMax / 2)
        #expect(cut == .string(whole + " […cut, \(ReceiverLimits.stringBytesMax + 18) bytes in all]"))
        let counts = Dictionary(uniqueKeysWithValues: received.truncations.map { ($0.kind, $0.count) })
        #expect(counts == [.attributes: 3, .events: 2, .links: 1, .key: 1, .string: 1, .value: 1])
        #expect(received.rejections.isEmpty)
    }

    @Test(arguments: [32, 33])
    func `values may nest 32 deep and no deeper`(_ depth: Int) throws {
        var value = AttributeValue.int(1)
        for _ in 0..<depth { value = .array([value]) }
        var encoded: [UInt8] = []
        value.encode(into: &encoded)
        let body = ProtobufText.request { scope in
            scope.span { span in
                span.message(9) { item in
                    item.text(1, "deep")
                    item.data(2, encoded)
                }
            }
        }
        let received = try decodeProtobuf(body)
        #expect(received.batch.count == 1)
        if depth > AttributeValue.depthMax {
            #expect(received.truncations == [Truncation(kind: .depth, count: 1)])
            #expect(received.batch.spans[0].droppedAttributes == 1 && received.batch.spanAttributes.count == 0)
        } else {
            #expect(received.truncations.isEmpty)
            #expect(received.batch.value(received.batch.spanAttributes[0]) == value)
        }
    }

    @Test func `damaged requests neither crash nor take memory out of proportion`() throws {
        let good = try fixture("otlp-main.pb")
        let result = assault(good, flips: 10_000, seed: 1) { bytes in
            try? decodeProtobuf(bytes).batch.byteCount
        }
        #expect(result.accepted > 0)
        #expect(result.largest < 64 * good.count)
    }
}
