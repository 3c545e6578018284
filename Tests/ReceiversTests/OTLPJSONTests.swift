import Testing
import TraceModel

@testable import Receivers

struct OTLPJSONTests {
    private func decode(_ text: String) throws(ReceiverError) -> Received {
        try decodeJSON(Array(text.utf8))
    }

    /// A request with one span of these members.
    private func request(_ span: String) -> String {
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\(span)}]}]}]}"
    }

    private let ids = "\"traceId\":\"000000000000000000000000000000a1\",\"spanId\":\"00000000000000b2\""

    @Test func `a recorded request is the same in both encodings`() throws {
        let fromJSON = try decodeJSON(fixture("otlp-main.json"))
        let fromProtobuf = try decodeProtobuf(fixture("otlp-main.pb"))
        #expect(fromJSON.batch.count == 10)
        // The protobuf one was recorded with ids and names of its own.
        let translated = describe(fromProtobuf.batch)
            .replacing("6bf92f3577b34da6a3ce929d0e0e4736", with: "4bf92f3577b34da6a3ce929d0e0e4736")
            .replacing("golden-pb", with: "golden-otlp")
        #expect(describe(fromJSON.batch) == translated)
    }

    @Test func `any request is the same in both encodings`() throws {
        var generator = SeededGenerator(7)
        for _ in 0..<400 {
            let sample = SampleRequest(&generator)
            let fromProtobuf = describe(try decodeProtobuf(sample.protobuf).batch)
            let fromJSON = describe(try decode(sample.json).batch)
            #expect(fromJSON == fromProtobuf, "\(sample.json)")
            if fromJSON != fromProtobuf { return }
        }
    }

    @Test func `what went in as protobuf comes out with the values that went in`() throws {
        var generator = SeededGenerator(8)
        for _ in 0..<200 {
            let sample = SampleRequest(&generator)
            let batch = try decodeProtobuf(sample.protobuf).batch
            for (index, span) in sample.spans.enumerated() {
                let read = batch.spanAttributes.range(index).map { place in
                    let attribute = batch.spanAttributes[place]
                    return AttributeValue.Entry(batch.strings.text(attribute.key), batch.value(attribute))
                }
                #expect(read == span.attributes)
            }
        }
    }

    @Test func `names in snake case and names of enumeration cases are understood`() throws {
        let batch = try decodeJSON(fixture("otlp-snake-enum.json")).batch
        #expect(batch.count == 1 && batch.service(of: 0) == "golden-snake")
        #expect(batch.spans[0].kind == .server && batch.spans[0].status == .error)
        #expect(batch.spans[0].startNanoseconds == 1_795_392_044_000_000_000 && batch.spans.durations[0] == 1_000)
    }

    @Test func `unknown members are passed over`() throws {
        let batch = try decodeJSON(fixture("otlp-unknown-fields.json")).batch
        #expect(batch.count == 1 && batch.strings.text(batch.spans.names[0]) == "unk")
    }

    @Test func `bad spans are rejected beside good ones`() throws {
        let received = try decodeJSON(fixture("otlp-partial.json"))
        #expect(received.batch.count == 1 && received.rejectedSpans == 3)
        #expect(received.rejections.map(\.count) == [1, 2])
    }

    @Test func `null is as good as absent`() throws {
        let batch = try decode(
            request(
                ids
                    + ",\"parentSpanId\":null,\"name\":null,\"kind\":null,\"attributes\":null"
                    + ",\"events\":null,\"status\":null"
            )
        ).batch
        #expect(batch.count == 1 && batch.spans[0].name == 0 && batch.spans[0].parentSpanID == .none)
    }

    @Test func `escapes become what they stand for`() throws {
        let name = #""name":"a\"\\\/\b\f\n\r\té🚀\ud83d|\udE80""#
        let batch = try decode(request(ids + "," + name)).batch
        #expect(batch.strings.text(batch.spans.names[0]) == "a\"\\/\u{8}\u{C}\n\r\té🚀\u{FFFD}|\u{FFFD}")
    }

    @Test func `whole numbers may be strings or have an exponent, and doubles may be words`() throws {
        let values = [
            "{\"intValue\":\"-9223372036854775808\"}", "{\"intValue\":1e3}", "{\"intValue\":9223372036854775807}",
            "{\"doubleValue\":\"NaN\"}", "{\"doubleValue\":\"-Infinity\"}", "{\"doubleValue\":3}",
            "{\"doubleValue\":\"2.5\"}",
        ]
        let list = values.map { "{\"key\":\"k\",\"value\":\($0)}" }.joined(separator: ",")
        let batch = try decode(request(ids + ",\"attributes\":[\(list)]")).batch
        let read = (0..<7).map { batch.value(batch.spanAttributes[$0]) }
        #expect(Array(read[0..<3]) == [.int(.min), .int(1_000), .int(.max)])
        #expect(Array(read[4..<7]) == [.double(-.infinity), .double(3), .double(2.5)])
        guard case .double(let number) = read[3] else { throw ReceiverError("no double", offset: 0) }
        #expect(number.isNaN)
    }

    @Test(arguments: [
        ("", "the body is empty, JSON was expected (at byte 0)"),
        ("{\"resourceSpans\": [\n", "resourceSpans[0]: the JSON ends too early (at byte 20)"),
        ("[]", "an object was expected (at byte 0)"),
        ("{} x", "something stands behind the end of the JSON (at byte 3)"),
        ("{\"a\":tru}", "a: a value was expected, such as true (at byte 5)"),
        ("{\"a\":01}", "a: not a number of JSON (at byte 5)"),
        ("{\"a\":[1,]}", "a[1]: a value was expected after the comma (at byte 8)"),
        ("{\"a\" 1}", "a colon was expected (at byte 5)"),
        ("{\"a\":{\"b\":\"\\x\"}}", "a.b: an escape that JSON does not have (at byte 11)"),
        (
            "{\"resourceSpans\":[{},{\"resource\":[]}]}",
            "resourceSpans[1].resource: an object was expected (at byte 33)"
        ),
    ])
    func `an error names what was wrong and where`(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ReceiverError.self) { try decode(text) }
        #expect(error.description == expected)
    }

    @Test(arguments: [
        ("\"spanId\":\"0011\"", "spanId: an id of 4 characters, where 16 hexadecimal digits are needed"),
        (
            "\"traceId\":\"zz000000000000000000000000000000\"",
            "traceId: an id with characters that are not hexadecimal digits"
        ),
        ("\"startTimeUnixNano\":\"-1\"", "startTimeUnixNano: a number that must not be negative"),
        ("\"startTimeUnixNano\":\"0x10\"", "startTimeUnixNano: a whole number was expected in the string"),
        (
            "\"attributes\":[{\"key\":\"a\",\"value\":{\"intValue\":1.5}}]",
            "attributes[0].value.intValue: a whole number of 64 bits was expected"
        ),
        (
            "\"attributes\":[{\"key\":\"a\",\"value\":{\"bytesValue\":\"*\"}}]",
            "attributes[0].value.bytesValue: not base64"
        ),
        ("\"name\":3", "name: a string was expected"),
    ])
    func `a member of a wrong kind refuses the request with its path`(_ member: String, _ expected: String) throws {
        let error = try #require(throws: ReceiverError.self) { try decode(request(member)) }
        #expect(error.description.hasPrefix("resourceSpans[0].scopeSpans[0].spans[0]." + expected))
    }

    @Test(arguments: [32, 33], [false, true])
    func `values may nest 32 deep and no deeper`(_ depth: Int, _ isMap: Bool) throws {
        var text = "{\"intValue\":\"1\"}"
        for _ in 0..<depth {
            text =
                isMap
                ? "{\"kvlistValue\":{\"values\":[{\"key\":\"k\",\"value\":\(text)}]}}"
                : "{\"arrayValue\":{\"values\":[\(text)]}}"
        }
        let received = try decode(request(ids + ",\"attributes\":[{\"key\":\"deep\",\"value\":\(text)}]"))
        #expect(received.truncations.map(\.kind) == (depth > 32 ? [.depth] : []))
        #expect(received.batch.spanAttributes.count == (depth > 32 ? 0 : 1))
    }

    @Test func `a text nested without end is refused`() throws {
        let text = "{\"a\":" + String(repeating: "[", count: 100_000)
        let error = try #require(throws: ReceiverError.self) { try decode(text) }
        #expect(error.message == "nested too deep to be passed over")
        let known =
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"attributes\":[{\"value\":"
            + String(repeating: "{\"arrayValue\":{\"values\":[", count: 10_000)
        #expect(throws: ReceiverError.self) { try decode(known) }
    }

    @Test func `an unknown member is passed over however it nests, within reason`() throws {
        let nested = String(repeating: "[{\"b\":", count: 63) + "1" + String(repeating: "}]", count: 63)
        #expect(try decode("{\"a\":\(nested),\"resourceSpans\":[]}").batch.isEmpty)
        let crossed = String(repeating: "[{\"b\":", count: 63) + "1" + String(repeating: "]}", count: 63)
        #expect(throws: ReceiverError.self) { try decode("{\"a\":\(crossed)}") }
    }

    @Test func `damaged requests neither crash nor take memory out of proportion`() {
        var generator = SeededGenerator(3)
        let good = Array(SampleRequest(&generator).json.utf8)
        let result = assault(good, flips: 10_000, seed: 2) { bytes in
            try? decodeJSON(bytes).batch.byteCount
        }
        #expect(result.accepted > 0)
        #expect(result.largest < 16 * good.count)
    }
}
