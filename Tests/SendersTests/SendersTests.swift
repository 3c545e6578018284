import Receivers
import Senders
import Testing
import TraceModel

@Suite struct SendersTests {
    /// Numbers that look random, the same for the same seed.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let values: [AttributeValue] = [
        .string("naïve ✓"), .string(""), .bool(true), .int(-7), .int(.max), .double(2.5), .bytes([0, 255]),
    ]

    /// Spans with all that there can be, at whole microseconds.
    private static func batch(_ format: SpanFormat, seed: UInt64, spans: Int = 20) -> SpanBatch {
        var random = Generator(state: seed)
        var batch = SpanBatch()
        for service in ["shop", "cart ☃"] {
            var resource = Resource()
            resource.service = batch.strings.intern(service)
            resource.format = format
            var attributes: [(String, AttributeValue)] = [("host", .string("h")), ("port", .int(80))]
            if format == .otlp { attributes.insert(("service.name", .string(service)), at: 0) }
            for (key, value) in attributes {
                let (type, bits) = batch.intern(value)
                resource.attributes.append(Attribute(key: batch.strings.intern(key), type: type, value: bits))
            }
            batch.resources.append(resource)
        }
        for span in 1...spans {
            for number in 0..<Int.random(in: 0...5, using: &random) {
                let (type, bits) = batch.intern(values.randomElement(using: &random) ?? .empty)
                batch.spanAttributes.append(key: batch.strings.intern("key \(number)"), type: type, value: bits)
            }
            for number in 0..<Int.random(in: 0...2, using: &random) {
                let (type, bits) = batch.intern(.string("event \(number)"))
                batch.events.attributes.append(key: batch.strings.intern("event"), type: type, value: bits)
                batch.events.append(
                    time: 1_700_000_000_000_000_000 + random.next() % 1_000 * 1_000,
                    name: StringRef(bits)
                )
            }
            var link = LinkRow()
            link.kind = format == .otlp ? .link : .followsFrom
            link.traceID = TraceID(high: random.next(), low: random.next())
            link.spanID = SpanID(random.next() | 1)
            if span % 3 == 0 { batch.links.append(link) }
            var row = SpanRow()
            row.traceID = TraceID(high: random.next(), low: random.next() | 1)
            row.spanID = SpanID(random.next() | 1)
            row.parentSpanID = SpanID(span % 2 == 0 ? random.next() : 0)
            row.startNanoseconds = 1_700_000_000_000_000_000 + random.next() % 1_000_000 * 1_000
            row.durationNanoseconds = Int64(random.next() % 1_000_000) * 1_000
            row.name = batch.strings.intern("operation \(span % 4)")
            row.resource = UInt32(span % 2)
            row.flags = 1
            if format == .otlp {
                row.kind = SpanKind.allCases.randomElement(using: &random) ?? .server
                row.status = StatusCode.allCases.randomElement(using: &random) ?? .ok
                row.statusMessage = batch.strings.intern(row.status == .error ? "because" : "")
                row.traceState = batch.strings.intern("a=\(span)")
            }
            batch.appendSpan(row)
        }
        return batch
    }

    /// All that is known of the spans, without the batch's own numbering, in an order of their own.
    private static func described(_ batches: [SpanBatch]) -> [String] {
        batches.flatMap { batch in (0..<batch.count).map { described($0, batch) } }.sorted()
    }

    private static func described(_ span: Int, _ batch: SpanBatch) -> String {
        func list(_ attributes: [Attribute]) -> String {
            attributes.map { "\(batch.strings.text($0.key))=\(batch.value($0))" }.joined(separator: ";")
        }
        let row = batch.spans[span]
        let resource = batch.resource(of: span)
        var parts = [
            "\(row.traceID) \(row.spanID) \(row.parentSpanID) \(batch.strings.text(row.name))",
            "\(row.startNanoseconds)",
            "\(row.durationNanoseconds) \(row.kind) \(row.status) \(batch.strings.text(row.statusMessage))",
            "\(batch.strings.text(row.traceState)) \(row.flags)", batch.service(of: span), list(resource.attributes),
            list(batch.spanAttributes.range(span).map { batch.spanAttributes[$0] }),
        ]
        for event in batch.events.range(span) {
            let attributes = batch.events.attributes.range(event).map { batch.events.attributes[$0] }
            parts.append(
                "\(batch.events.times[event]) \(batch.strings.text(batch.events.names[event])) \(list(attributes))"
            )
        }
        for link in batch.links.range(span) {
            let row = batch.links[link]
            parts.append("\(row.kind) \(row.traceID) \(row.spanID)")
        }
        return parts.joined(separator: " | ")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what is written as OTLP is read as the same`(seed: UInt64) throws {
        let batch = Self.batch(.otlp, seed: seed)
        let body = OTLPEncoder.body(of: batch)
        let received = try OTLPReceiver.decodeProtobuf(body.span.bytes)
        #expect(received.rejectedSpans == 0 && received.batch.count == batch.count)
        #expect(Self.described([received.batch]) == Self.described([batch]))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what is written as Jaeger's Thrift is read as the same`(seed: UInt64) throws {
        let batch = Self.batch(.jaeger, seed: seed)
        let bodies = JaegerThriftEncoder.bodies(of: batch)
        #expect(bodies.map(\.spans).reduce(0, +) == batch.count)
        let read = try bodies.map { try JaegerReceiver.decodeBatch($0.body.span.bytes).batch }
        #expect(Self.described(read) == Self.described([batch]))
    }

    @Test(arguments: [300, 1_000, 65_000])
    func `datagrams are no larger than they may be, and have all spans`(bytesMax: Int) throws {
        let batch = Self.batch(.jaeger, seed: 7, spans: 500)
        let (datagrams, tooLarge) = JaegerThriftEncoder.datagrams(of: batch, bytesMax: bytesMax)
        var received = Received()
        for datagram in datagrams {
            let before = received.batch.count
            #expect(datagram.body.count <= bytesMax)
            try JaegerReceiver.decodeDatagram(datagram.body.span.bytes, into: &received)
            #expect(received.batch.count - before == datagram.spans)
        }
        #expect(received.batch.count + tooLarge == batch.count)
        if bytesMax == 65_000 { #expect(Self.described([received.batch]) == Self.described([batch])) }
        if bytesMax == 300 { #expect(tooLarge > 0 && !datagrams.isEmpty) }
    }

    @Test func `a span of OTLP keeps its kind and status on its way through Jaeger's Thrift`() throws {
        let batch = Self.batch(.otlp, seed: 3)
        let read = try JaegerThriftEncoder.bodies(of: batch).map {
            try JaegerReceiver.decodeBatch($0.body.span.bytes).batch
        }
        func facts(_ batches: [SpanBatch]) -> [String] {
            batches.flatMap { batch in
                (0..<batch.count).map {
                    "\(batch.spans.spanIDs[$0]) \(batch.spans.kinds[$0]) \(batch.spans.statuses[$0])"
                }
            }.sorted()
        }
        #expect(facts(read) == facts([batch]))
    }

    @Test func `a span of Zipkin's JSON has its ids, times, kind, service and tags`() throws {
        let batch = Self.batch(.otlp, seed: 5)
        let body = ZipkinJSONEncoder.body(of: batch)
        let received = try ZipkinReceiver.decodeJSON(body.span.bytes, receivedAt: 0)
        #expect(received.rejectedSpans == 0)
        func facts(_ batch: SpanBatch) -> [String] {
            (0..<batch.count).map { span in
                let row = batch.spans[span]
                let ids = "\(row.traceID) \(row.spanID) \(row.parentSpanID)"
                return "\(ids) \(row.startNanoseconds) \(batch.service(of: span))"
            }.sorted()
        }
        #expect(facts(received.batch) == facts(batch))
    }
}
