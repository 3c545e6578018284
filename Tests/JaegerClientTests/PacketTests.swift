import OpenTracing
import Testing
import Thrift

@testable import JaegerClient

@Suite struct PacketTests {
    /// `emitBatch` as the Python client sent it: every kind of tag, a reference, a log.
    private static let vector = """
        82810009656d697442617463681c1c1803737663191c180269701500180831302e302e302e310000191c16909cb0d080c181\
        820216b0dcb0d182c58992221603160018026f70191c1502160e16001612001502168080f2818389850616b817195c180173\
        150018017600180164150227000000000000f83f001801621504310018016c150646050018017815085802414200191c16c8\
        81f28183898506191c18056576656e7415001801650000000000
        """

    private static let vectorSpan = FinishedSpan(
        context: JaegerSpanContext(
            traceIDHigh: 0x1112_1314_1516_1718,
            traceIDLow: 0x0102_0304_0506_0708,
            spanID: 0xFFFF_FFFF_FFFF_FFFE,
            flags: [.sampled]
        ),
        operationName: "op",
        links: [.init(kind: .followsFrom, traceIDHigh: 0, traceIDLow: 7, spanID: 9)],
        startTime: Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_000),
        durationNanoseconds: 1_500_000,
        tags: ["s": "v", "d": 1.5, "b": true, "l": -3, "x": .binary([0x41, 0x42])],
        logs: [
            .init(time: Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_100_000), fields: ["event": "e"])
        ]
    )

    @Test func `a span is written as the Python client writes it`() throws {
        let digits = Self.vector.compactMap(\.hexDigitValue)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        var writer = CompactWriter()
        writer.messageHeader("emitBatch", kind: .oneway, sequence: 0)
        writer.structure { writer in
            writer.structField(1) { writer in
                writer.field(1, .structure)
                ThriftSpans.write(serviceName: "svc", tags: ["ip": "10.0.0.1"], to: &writer)
                writer.listField(2, .structure, count: 1)
                ThriftSpans.write(Self.vectorSpan, to: &writer)
            }
        }
        #expect(writer.bytes == bytes)
    }

    /// The same in Thrift's binary protocol.
    private static let binaryVector = """
        8001000400000009656d69744261746368000000000c00010c00010b0001000000037376630f00020c000000010b0001000000\
        026970080002000000000b00030000000831302e302e302e3100000f00020c000000010a000101020304050607080a00021112\
        1314151617180a0003fffffffffffffffe0a000400000000000000000b0005000000026f700f00060c00000001080001000000\
        010a000200000000000000070a000300000000000000000a0004000000000000000900080007000000010a000800060a24181e\
        40000a000900000000000005dc0f000a0c000000050b00010000000173080002000000000b00030000000176000b0001000000\
        0164080002000000010400043ff8000000000000000b000100000001620800020000000202000501000b0001000000016c0800\
        02000000030a0006fffffffffffffffd000b00010000000178080002000000040b0007000000024142000f000b0c000000010a\
        000100060a24181e40640f00020c000000010b0001000000056576656e74080002000000000b00030000000165000000\
        0000
        """

    @Test func `a span is written in the binary protocol as the Python client writes it, and so is a request's body`() {
        let digits = Self.binaryVector.compactMap(\.hexDigitValue)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        #expect(bytes.count == 407)
        var writer = BinaryWriter()
        writer.messageHeader("emitBatch", kind: .oneway, sequence: 0)
        writer.structure { writer in
            writer.structField(1) { writer in
                writer.field(1, .structure)
                ThriftSpans.write(serviceName: "svc", tags: ["ip": "10.0.0.1"], to: &writer)
                writer.listField(2, .structure, count: 1)
                ThriftSpans.write(Self.vectorSpan, to: &writer)
            }
        }
        #expect(writer.bytes == bytes)
        // The body is the batch alone; ours has a number and losses behind the spans.
        let body = ThriftBatch(serviceName: "svc", processTags: ["ip": "10.0.0.1"])
            .encode([Self.vectorSpan], sequence: 1, ReporterStatistics())
        #expect(Array(body.prefix(381)) == Array(bytes[24..<405]))
    }

    @Test func `packets read back as what was put in, with number and losses`() throws {
        var builder = makeBuilder(packetSizeMax: 65_000)
        var statistics = ReporterStatistics()
        statistics.fullQueueDroppedSpans = 300
        let nothing = builder.finish()
        #expect(nothing == nil)
        let unfinished = builder.add(Self.vectorSpan, statistics: &statistics)
        #expect(unfinished == nil)
        let first = try rest(of: &builder)
        #expect(first.method == "emitBatch")
        #expect(first.serviceName == "svc")
        #expect(first.processTags == ["ip": "10.0.0.1"])
        #expect(first.sequence == 1)
        #expect(first.losses == [300, 0, 0])
        let span = try #require(first.spans.first)
        #expect(span.spanID == -2)
        #expect(span.references == [[1, 7, 0, 9]])
        #expect(span.tags == Self.vectorSpan.tags)
        #expect(span.logs == [["event": "e"]])
        _ = builder.add(Self.vectorSpan, statistics: &statistics)
        let second = try rest(of: &builder)
        #expect(second.sequence == 2)
    }

    @Test(arguments: [300, 1000, 1473, 9216, 65_000])
    func `no packet is larger than allowed, and none could have held the next span`(packetSizeMax: Int) throws {
        var builder = makeBuilder(packetSizeMax: packetSizeMax)
        var statistics = ReporterStatistics()
        var packets: [PacketBuilder<CompactWriter>.Packet] = []
        let names = (0..<2000).map { String(repeating: "n", count: ($0 * 37) % 150) + "-\($0)" }
        for name in names {
            if let packet = builder.add(makeSpan(name), statistics: &statistics) { packets.append(packet) }
        }
        if let packet = builder.finish() { packets.append(packet) }
        #expect(packets.allSatisfy { $0.bytes.count <= packetSizeMax })
        let batches = try packets.map { try DecodedBatch(datagram: $0.bytes) }
        #expect(zip(batches, packets).allSatisfy { $0.spans.count == $1.spanCount })
        #expect(batches.flatMap(\.spans).map(\.name) == names)
        #expect(statistics == ReporterStatistics())
        for (packet, next) in zip(packets, batches.dropFirst()) {
            var writer = CompactWriter()
            ThriftSpans.write(makeSpan(try #require(next.spans.first).name), to: &writer)
            // The list's count may need a byte more as well.
            #expect(packet.bytes.count + writer.bytes.count + 1 > packetSizeMax)
        }
    }

    @Test func `a span that fits exactly is sent, and one a byte larger is dropped and counted`() throws {
        var builder = makeBuilder(packetSizeMax: 1000)
        var statistics = ReporterStatistics()
        _ = builder.add(makeSpan(String(repeating: "x", count: 500)), statistics: &statistics)
        let packet = builder.finish()
        let size = try #require(packet).bytes.count
        let longest = 500 + 1000 - size
        _ = builder.add(makeSpan(String(repeating: "x", count: longest)), statistics: &statistics)
        let full = builder.add(makeSpan(String(repeating: "y", count: longest + 1)), statistics: &statistics)
        #expect(full?.spanCount == 1)
        #expect(full?.bytes.count == 1000)
        #expect(statistics.tooLargeDroppedSpans == 1)
        let nothing = builder.finish()
        #expect(nothing == nil)
        // The next packet tells of it.
        _ = builder.add(makeSpan("small"), statistics: &statistics)
        let next = try rest(of: &builder)
        #expect(next.losses == [0, 1, 0])
        #expect(next.spans.map(\.name) == ["small"])
    }

    @Test func `what Jaeger has no field for is written as the tags that OpenTelemetry names`() throws {
        var builder = makeBuilder(packetSizeMax: 65_000)
        var statistics = ReporterStatistics()
        var limits = SpanLimits()
        limits.tagsMax = 2
        let span = FinishedSpan(
            context: JaegerSpanContext(traceIDLow: 1, spanID: 2, flags: [.sampled]),
            operationName: "failed",
            startTime: Timestamp(nanosecondsSinceEpoch: 0),
            durationNanoseconds: 0,
            tags: ["list": ["a", 1, true, [0.5, "b\"c"]], "kept": 1, "left out": 2],
            status: JaegerSpan.Status(.error, message: "no such order"),
            kind: .server,
            limits: limits
        )
        _ = builder.add(span, statistics: &statistics)
        let tags = try #require(rest(of: &builder).spans.first).tags
        #expect(
            tags == [
                "list": #"["a",1,true,[0.5,"b\"c"]]"#, "kept": 1, "span.kind": "server", "error": true,
                "otel.status_code": "ERROR", "otel.status_description": "no such order",
                "otel.dropped_attributes_count": 1,
            ]
        )
    }

    /// The packet with what was added.
    private func rest(of builder: inout PacketBuilder<CompactWriter>) throws -> DecodedBatch {
        let packet = builder.finish()
        return try DecodedBatch(datagram: try #require(packet).bytes)
    }

    private func makeBuilder(packetSizeMax: Int) -> PacketBuilder<CompactWriter> {
        PacketBuilder(
            serviceName: "svc",
            processTags: ["ip": "10.0.0.1"],
            packetSizeMax: packetSizeMax
        )
    }

    private func makeSpan(_ name: String) -> FinishedSpan {
        FinishedSpan(
            context: JaegerSpanContext(traceIDLow: 1, spanID: 2, flags: [.sampled]),
            operationName: name,
            startTime: Timestamp(nanosecondsSinceEpoch: 0),
            durationNanoseconds: 0
        )
    }
}
