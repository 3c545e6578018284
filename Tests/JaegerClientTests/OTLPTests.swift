import Logging
import OpenTracing
import Testing

@testable import JaegerClient

/// A message of Protocol Buffers by the numbers of its fields.
private struct Message {
    var numbers: [UInt64: UInt64] = [:]
    var parts: [UInt64: [[UInt8]]] = [:]

    init(_ bytes: [UInt8]) {
        var reader = FieldReader(bytes: bytes)
        while let (id, number, part) = reader.next() {
            if let part { parts[id, default: []].append(part) } else { numbers[id] = number }
        }
    }

    func messages(_ id: UInt64) -> [Message] { (parts[id] ?? []).map { Message($0) } }
    func text(_ id: UInt64) -> String? { parts[id]?.first.map { String(decoding: $0, as: UTF8.self) } }

    /// Attributes, as their kinds of values and their texts.
    func attributes(_ id: UInt64) -> [String: String] {
        var all: [String: String] = [:]
        for pair in messages(id) { all[pair.text(1) ?? "?"] = pair.messages(2).first.map(Self.render) }
        return all
    }

    private static func render(_ value: Message) -> String {
        if let text = value.text(1) { return "s:" + text }
        if let truth = value.numbers[2] { return "b:\(truth)" }
        if let number = value.numbers[3] { return "i:\(Int64(bitPattern: number))" }
        if let bits = value.numbers[4] { return "d:\(Double(bitPattern: bits))" }
        if let array = value.messages(5).first { return "a:" + array.messages(1).map(render).joined(separator: ",") }
        if let bytes = value.parts[7]?.first { return "x:\(bytes)" }
        return "none"
    }
}

private struct FieldReader {
    var bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func varint() -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }

    mutating func next() -> (UInt64, UInt64, [UInt8]?)? {
        guard offset < bytes.count else { return nil }
        let tag = varint()
        switch tag & 7 {
        case 0: return (tag >> 3, varint(), nil)
        case 2:
            let length = Int(varint())
            defer { offset += length }
            return (tag >> 3, 0, Array(bytes[offset..<offset + length]))
        default:
            let size = tag & 7 == 1 ? 8 : 4
            let number = bytes[offset..<offset + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            offset += size
            return (tag >> 3, number, nil)
        }
    }
}

@Suite struct OTLPTests {
    private func encoded(_ spans: [FinishedSpan]) throws -> (resource: Message, spans: [Message]) {
        let body = OTLPRequest(serviceName: "shop", processTags: ["zone": "a"]).encode(spans)
        let resourceSpans = try #require(Message(body).messages(1).first)
        let scopeSpans = try #require(resourceSpans.messages(2).first)
        #expect(scopeSpans.messages(1).first?.text(1) == "JaegerClient")
        return (try #require(resourceSpans.messages(1).first), scopeSpans.messages(2))
    }

    private static let long = String(repeating: "x", count: 300)
    private static let full = FinishedSpan(
        context: JaegerSpanContext(
            traceIDHigh: 0x1112_1314_1516_1718,
            traceIDLow: 0x0102_0304_0506_0708,
            spanID: 0xFFFF_FFFF_FFFF_FFFE,
            parentID: 5,
            flags: [.sampled],
            traceState: "a=1"
        ),
        operationName: "op",
        links: [
            .init(kind: .childOf, traceIDHigh: 0x1112_1314_1516_1718, traceIDLow: 0x0102_0304_0506_0708, spanID: 5),
            .init(kind: .followsFrom, traceIDHigh: 0, traceIDLow: 7, spanID: 9),
            .init(kind: nil, traceIDHigh: 0, traceIDLow: 8, spanID: 9, attributes: ["why": "batch"]),
        ],
        startTime: Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_001),
        durationNanoseconds: 1_500_000,
        tags: [
            "s": "v", "d": 1.5, "b": false, "l": -3, "zero": 0, "x": .binary([1, 2]), "long": .string(long),
            "list": ["a", 1, [true]], "span.kind": "client", "error": true,
        ],
        logs: [
            .init(
                time: Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_100),
                fields: ["event": "retry", "attempt": 2]
            ),
            .init(time: Timestamp(nanosecondsSinceEpoch: 0), fields: ["message": "no event"]),
        ],
        status: JaegerSpan.Status(.unset, message: "late")
    )

    @Test func `every field of a span is where OTLP has it`() throws {
        let (resource, spans) = try encoded([Self.full, Self.full])
        #expect(resource.attributes(1)["service.name"] == "s:shop")
        #expect(resource.attributes(1)["zone"] == "s:a")
        #expect(resource.attributes(1)["telemetry.sdk.language"] == "s:swift")
        #expect(spans.count == 2)
        let message = try #require(spans.last)
        #expect(
            message.parts[1]?.first == [
                0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
            ]
        )
        #expect(message.parts[2]?.first == [255, 255, 255, 255, 255, 255, 255, 254])
        #expect(message.text(3) == "a=1")
        #expect(message.parts[4]?.first == [0, 0, 0, 0, 0, 0, 0, 5])
        #expect(message.text(5) == "op")
        #expect(message.numbers[6] == 3)
        #expect(message.numbers[7] == 1_700_000_000_000_000_001)
        #expect(message.numbers[8] == 1_700_000_000_001_500_001)
        #expect(message.numbers[16] == 1)
        #expect(
            message.attributes(9) == [
                "s": "s:v", "d": "d:1.5", "b": "b:0", "l": "i:-3", "zero": "i:0", "x": "x:[1, 2]",
                "long": "s:" + Self.long,
                "list": "a:s:a,i:1,a:b:1",
            ]
        )
        let events = message.messages(11)
        #expect(events.map { $0.text(2) } == ["retry", nil])
        #expect(events.map { $0.numbers[1] } == [1_700_000_000_000_000_100, 0])
        #expect(events.map { $0.attributes(3) } == [["attempt": "i:2"], ["message": "s:no event"]])
        // The parent is no link.
        #expect(
            message.messages(13).map { $0.attributes(4) } == [
                ["opentracing.ref_type": "s:follows_from"], ["why": "s:batch"],
            ]
        )
        #expect(message.messages(15).first?.numbers[3] == 2)
        #expect(message.messages(15).first?.text(2) == "late")
    }

    @Test func `a root has no parent, and what was left out is counted`() throws {
        var limits = SpanLimits()
        (limits.tagsMax, limits.logsMax, limits.linksMax) = (1, 1, 0)
        let span = FinishedSpan(
            context: JaegerSpanContext(traceIDLow: 1, spanID: 2, flags: [.sampled]),
            operationName: "",
            links: [.init(kind: .followsFrom, traceIDHigh: 0, traceIDLow: 7, spanID: 9)],
            startTime: Timestamp(nanosecondsSinceEpoch: 0),
            durationNanoseconds: 0,
            tags: ["a": 1, "b": 2, "c": 3],
            logs: [.init(time: Timestamp(nanosecondsSinceEpoch: 1), fields: [:]), .init(time: .now, fields: [:])],
            status: JaegerSpan.Status(.ok),
            kind: .server,
            limits: limits
        )
        let message = try #require(try encoded([span]).spans.first)
        #expect(message.parts[4] == nil)
        #expect(message.numbers[6] == 2)
        #expect([message.numbers[10], message.numbers[12], message.numbers[14]] == [2, 1, 1])
        #expect(message.messages(15).first?.numbers[3] == 1)
    }

    @Test func `spans are posted as protobuf, and those that the server refuses are counted`() async throws {
        // partial_success { rejected_spans: 2, error_message: "too old" }
        let refusal: [UInt8] = [0x0A, 0x0B, 0x08, 0x02, 0x12, 0x07] + Array("too old".utf8)
        let server = try TestHTTPServer { _ in .init(body: refusal) }
        let reporter = CollectorReporter(
            serviceName: "shop",
            settings: .init(url: server.url + "/v1/traces"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let tracer = JaegerTracer(serviceName: "shop", sampler: ConstSampler(true), reporter: reporter)
        for number in 0..<5 { tracer.startSpan("span-\(number)").finish() }
        await tracer.close()
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /v1/traces")
        #expect(request.headers["content-type"] == "application/x-protobuf")
        let spans = Message(request.body).messages(1).flatMap { $0.messages(2) }.flatMap { $0.messages(2) }
        #expect(spans.map { $0.text(5) } == (0..<5).map { "span-\($0)" })
        #expect(spans.first?.attributes(9) == ["sampler.type": "s:const", "sampler.param": "b:1"])
        #expect(reporter.statistics.sentSpans == 3)
        #expect(reporter.statistics.failedToEmitSpans == 2)
    }

    @Test func `an answer that is no message refuses nothing`() {
        #expect(OTLPRequest.refusal([]) == nil)
        #expect(OTLPRequest.refusal([0x0A, 0x00]) == nil)
        for seed: UInt64 in 0..<500 {
            let ids = IDGenerator(seed: seed)
            let bytes = (0..<Int(seed % 40)).map { _ in UInt8(truncatingIfNeeded: ids.next()) }
            #expect((OTLPRequest.refusal(bytes)?.spans ?? 1) > 0)
        }
    }
}
