import Testing
import Thrift
import TraceModel

@testable import Receivers

/// Builds a `Batch` for tests, in either protocol.
private struct BatchText<Writer: ThriftWriter> {
    var writer: Writer

    mutating func tag(_ key: String, _ value: AttributeValue) {
        writer.structure { tag in
            tag.stringField(1, key)
            switch value {
            case .string(let text):
                tag.i32Field(2, 0)
                tag.stringField(3, text)
            case .double(let number):
                tag.doubleField(4, number)
                tag.i32Field(2, 1)
            case .bool(let flag):
                tag.boolField(5, flag)
                tag.i32Field(2, 2)
            case .int(let number):
                tag.i32Field(2, 3)
                tag.i64Field(6, number)
            case .bytes(let bytes):
                tag.i32Field(2, 4)
                tag.binaryField(7, bytes)
            // A type without its value.
            default: tag.i32Field(2, 3)
            }
        }
    }
}

/// One span of a test's batch.
private struct TestSpan {
    var trace: Int64 = 1
    var id: Int64 = 2
    var parent: Int64 = 0
    var start: Int64 = 1_000
    var duration: Int64 = 5
    var tags: [(String, AttributeValue)] = []
    /// Kind, trace, span.
    var references: [(Int32, Int64, Int64)] = []
    var logs: [Int64] = []

    func batch<Writer: ThriftWriter>(_ writer: Writer, service: String = "svc", processLast: Bool = false) -> [UInt8] {
        var text = BatchText(writer: writer)
        text.writer.structure { batch in
            func process(_ batch: inout Writer) { batch.structField(1) { $0.stringField(1, service) } }
            if !processLast { process(&batch) }
            batch.listField(2, .structure, count: 1)
            batch.structure { write(to: &$0) }
            if processLast { process(&batch) }
            batch.i64Field(3, 7)
            batch.structField(4) { stats in
                stats.i64Field(1, 10)
                stats.i64Field(2, 20)
                stats.i64Field(3, 30)
            }
        }
        return text.writer.bytes
    }

    private func write<Writer: ThriftWriter>(to span: inout Writer) {
        // Not in the order of their numbers, and with a field that nobody knows.
        span.i64Field(8, start)
        span.i64Field(9, duration)
        span.listField(77, .i64, count: 2)
        span.i64(1)
        span.i64(2)
        span.i64Field(1, trace)
        span.i64Field(2, 0)
        span.i64Field(3, id)
        span.i64Field(4, parent)
        span.stringField(5, "op")
        span.listField(6, .structure, count: references.count)
        for reference in references {
            span.structure { link in
                link.i32Field(1, reference.0)
                link.i64Field(2, reference.1)
                link.i64Field(3, 0)
                link.i64Field(4, reference.2)
            }
        }
        span.listField(10, .structure, count: tags.count)
        for tag in tags {
            var text = BatchText(writer: span)
            text.tag(tag.0, tag.1)
            span = text.writer
        }
        span.listField(11, .structure, count: logs.count)
        for time in logs {
            span.structure { log in
                log.i64Field(1, time)
                log.listField(2, .structure, count: 0)
            }
        }
    }
}

struct JaegerMappingTests {
    private func decode(_ span: TestSpan) throws(ReceiverError) -> Received {
        try decodeBatch(span.batch(BinaryWriter()))
    }

    @Test func `both protocols give the same, whatever the order of the fields`() throws {
        let span = TestSpan(tags: [("a", .int(1)), ("b", .bytes([1]))], references: [(1, 5, 6)], logs: [2_000])
        let binary = try decodeBatch(span.batch(BinaryWriter())).batch
        #expect(binary.count == 1 && binary.service(of: 0) == "svc")
        #expect(describe(try decodeBatch(span.batch(CompactWriter())).batch) == describe(binary))
        #expect(describe(try decodeBatch(span.batch(CompactWriter(), processLast: true)).batch) == describe(binary))
    }

    @Test func `tags keep order, types and repetitions`() throws {
        let tags: [(String, AttributeValue)] = [
            ("s", .string("")), ("d", .double(2)), ("b", .bool(false)), ("l", .int(.min)), ("x", .bytes([0, 255])),
            ("s", .string("again")), ("lacking", .empty),
        ]
        let batch = try decode(TestSpan(tags: tags)).batch
        let read = batch.spanAttributes.range(0).map { batch.value(batch.spanAttributes[$0]) }
        #expect(read == tags.dropLast().map(\.1) + [.int(0)])
    }

    @Test(
        arguments: [
            ([("span.kind", .string("client"))], SpanKind.client, StatusCode.unset),
            ([("span.kind", .string("bogus")), ("error", .bool(false))], .unspecified, .unset),
            ([("span.kind", .int(1)), ("error", .string("true"))], .unspecified, .error),
            ([("error", .bool(true)), ("otel.status_code", .string("OK"))], .unspecified, .error),
            ([("otel.status_code", .string("OK"))], .unspecified, .ok),
            ([("otel.status_code", .string("ERROR")), ("span.kind", .string("consumer"))], .consumer, .error),
            ([("error", .string("timeout"))], .unspecified, .unset),
        ] as [([(String, AttributeValue)], SpanKind, StatusCode)]
    )
    func `kind and status come from tags, which stay`(
        _ tags: [(String, AttributeValue)],
        _ kind: SpanKind,
        _ status: StatusCode
    ) throws {
        let batch = try decode(TestSpan(tags: tags)).batch
        #expect(batch.spans[0].kind == kind && batch.spans[0].status == status)
        #expect(batch.spanAttributes.range(0).count == tags.count)
    }

    @Test(
        arguments: [
            (9, [(0, 1, 3)], 9), (0, [(1, 1, 3), (0, 1, 4)], 4), (0, [(0, 8, 3), (1, 1, 5), (1, 1, 6)], 5),
            (0, [(0, 8, 3)], 0),
        ] as [(Int64, [(Int32, Int64, Int64)], UInt64)]
    )
    func `the parent is the one that is named, or else the first reference in the trace`(
        _ parent: Int64,
        _ references: [(Int32, Int64, Int64)],
        _ expected: UInt64
    ) throws {
        let batch = try decode(TestSpan(parent: parent, references: references)).batch
        #expect(batch.spans.parentSpanIDs == [expected])
        #expect(batch.links.kinds == references.map { $0.0 == 0 ? .childOf : .followsFrom })
    }

    @Test(arguments: [
        (TestSpan(trace: 0), RejectionReason.zeroTraceID), (TestSpan(id: 0), .zeroSpanID),
        (TestSpan(start: -1), .invalidTime),
        (TestSpan(start: .max), .invalidTime), (TestSpan(duration: .max), .invalidTime),
        (TestSpan(logs: [-1]), .invalidTime),
    ])
    private func `a span that cannot be stored is rejected with its reason`(
        _ span: TestSpan,
        _ reason: RejectionReason
    ) throws {
        let received = try decode(span)
        #expect(received.batch.isEmpty && received.batch.events.count == 0 && received.batch.resources.isEmpty)
        #expect(received.rejections.map(\.reason) == [reason] && received.rejectedSpans == 1)
        #expect(received.rejectionMessage.contains("\"op\""))
    }

    @Test func `a negative duration is kept`() throws {
        #expect(try decode(TestSpan(duration: -7)).batch.spans.durations == [-7_000])
    }

    @Test func `a client's statistics are told with its service, the latest of each`() throws {
        var received = Received()
        for service in ["a", "b", "a"] {
            let batch = TestSpan().batch(CompactWriter(), service: service)
            let message = [0x82, 0x81, 0x00, 0x09] + Array("emitBatch".utf8) + [0x1C] + batch + [0x00]
            try decodeDatagram(message, into: &received)
        }
        #expect(received.clientStatistics.map { received.batch.strings.text($0.service) } == ["b", "a"])
        let last = try #require(received.clientStatistics.last)
        #expect(last.batchNumber == 7 && last.fullQueueDroppedSpans == 10)
        #expect(last.tooLargeDroppedSpans == 20 && last.failedToEmitSpans == 30)
    }

    @Test func `an empty service name has a name that says so`() throws {
        let batch = try decodeBatch(TestSpan().batch(BinaryWriter(), service: "")).batch
        #expect(batch.service(of: 0) == "empty-service-name")
    }

    @Test func `tags, logs and references over the bound are left out, counted and told`() throws {
        let tags = (0..<ReceiverLimits.attributesMax + 2).map { ("k\($0)", AttributeValue.int(1)) }
        let references = (0..<ReceiverLimits.linksMax + 3).map { (Int32(0), Int64(9), Int64($0)) }
        let logs = [Int64](repeating: 5, count: ReceiverLimits.eventsMax + 4)
        let received = try decode(TestSpan(tags: tags, references: references, logs: logs))
        let row = received.batch.spans[0]
        #expect([row.droppedAttributes, row.droppedLinks, row.droppedEvents] == [2, 3, 4])
        let counts = Dictionary(uniqueKeysWithValues: received.truncations.map { ($0.kind, $0.count) })
        #expect(counts == [.attributes: 2, .links: 3, .events: 4])
    }

    @Test func `Zipkin spans by UDP and by HTTP are the same`() throws {
        let datagram = try decodeDatagram(Vector.zipkinDatagram).batch
        #expect(describe(try decodeZipkinThrift(Vector.zipkinList).batch) == describe(datagram))
        let row = datagram.spans[0]
        #expect(row.traceID == TraceID(low: 1) && row.spanID == SpanID(2) && row.parentSpanID == SpanID(1))
        #expect(row.kind == .server && datagram.strings.text(row.name) == "get")
        #expect(row.startNanoseconds == 1_700_000_000_000_000_000 && row.durationNanoseconds == 1_000_000)
        #expect(datagram.tags(0) == ["http.path=string(\"/x\")"] && datagram.events.count == 0)
        #expect(datagram.service(of: 0) == "zsvc" && datagram.resources[0].format == .zipkin)
        #expect(datagram.tags(datagram.resources[0].attributes) == ["ipv4=string(\"127.0.0.1\")", "port=int(8080)"])
    }

    @Test func `a recorded list of Zipkin spans is read`() throws {
        let received = try decodeZipkinThrift(fixture("zipkin-v1.thrift"))
        #expect(received.batch.count > 0 && received.rejections.isEmpty)
        #expect(received.batch.resources.allSatisfy { $0.format == .zipkin })
    }
}
