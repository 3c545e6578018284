import OpenTracing
import Thrift

/// What a client tells the server of the spans that it lost, since it started.
public struct ReporterStatistics: Sendable, Hashable {
    /// Spans that found the queue full.
    public var fullQueueDroppedSpans: Int64 = 0
    /// Spans that alone are larger than a packet may be.
    public var tooLargeDroppedSpans: Int64 = 0
    /// Spans in packets that could not be sent.
    public var failedToEmitSpans: Int64 = 0
    /// Spans in packets that the operating system took.
    public var sentSpans: Int64 = 0

    /// Statistics of a reporter that has lost nothing.
    public init() {}
}

/// Packs spans into `emitBatch` messages that are no larger than a datagram may be.
///
///     ┌──────────────────────────────┬──────────────┬───────┬───────────────────┐
///     │ envelope, process: once made │ list of n    │ spans │ number, losses    │
///     └──────────────────────────────┴──────────────┴───────┴───────────────────┘
///
/// The size of a packet is the sum of the sizes of these parts, each of which is known before it is sent.
struct PacketBuilder: Sendable {
    /// A message and how many spans are in it.
    struct Packet: Sendable, Hashable {
        var bytes: [UInt8]
        var spanCount: Int
    }

    private let packetSizeMax: Int
    private let head: [UInt8]
    private var spans: CompactWriter
    private var spanCount = 0
    /// What the packet will end with.
    ///
    /// Made when its first span is added: losses after that are told by the next one,
    /// so that a packet does not grow when there is no room left.
    private var tail: [UInt8] = []
    private var sequence: Int64 = 0

    init(serviceName: String, processTags: TagList, packetSizeMax: Int) {
        self.packetSizeMax = packetSizeMax
        var writer = CompactWriter(capacity: 1024)
        writer.messageHeader("emitBatch", kind: .oneway, sequence: 0)
        // The arguments have one field, the batch, and the batch's first is the process.
        _ = writer.beginStruct()
        writer.field(1, .structure)
        _ = writer.beginStruct()
        writer.field(1, .structure)
        ThriftSpans.write(serviceName: serviceName, tags: processTags, to: &writer)
        head = writer.bytes
        spans = CompactWriter(capacity: packetSizeMax)
    }

    /// Adds a span; gives the packet before it when the span doesn't fit into that.
    ///
    /// A span that does not fit into any packet is dropped and counted in `statistics`.
    mutating func add(_ span: FinishedSpan, statistics: inout ReporterStatistics) -> Packet? {
        if spanCount == 0 { begin(statistics) }
        let start = spans.bytes.count
        ThriftSpans.write(span, to: &spans)
        if size(count: spanCount + 1, spanBytes: spans.bytes.count) <= packetSizeMax {
            spanCount += 1
            return nil
        }
        let written = Array(spans.bytes[start...])
        var full: Packet?
        if spanCount > 0 {
            full = takePacket(spanBytes: start)
            begin(statistics)
        }
        spans.removeAll()
        if size(count: 1, spanBytes: written.count) <= packetSizeMax {
            spans.raw(written)
            spanCount = 1
        } else {
            statistics.tooLargeDroppedSpans += 1
        }
        return full
    }

    /// What was added since the last packet, if anything was.
    mutating func finish() -> Packet? {
        spanCount > 0 ? takePacket(spanBytes: spans.bytes.count) : nil
    }

    private mutating func begin(_ statistics: ReporterStatistics) {
        sequence += 1
        tail = Self.tail(sequence: sequence, statistics)
    }

    private mutating func takePacket(spanBytes: Int) -> Packet {
        var packet = CompactWriter(capacity: size(count: spanCount, spanBytes: spanBytes))
        packet.raw(head)
        // Only the differences of field numbers are written: here 2 after 1 is what 1 after 0 would be.
        packet.listField(1, .structure, count: spanCount)
        packet.raw(spans.bytes[..<spanBytes])
        packet.raw(tail)
        defer {
            spans.removeAll()
            spanCount = 0
        }
        return Packet(bytes: packet.bytes, spanCount: spanCount)
    }

    /// How large a packet of so many spans of so many bytes is.
    private func size(count: Int, spanBytes: Int) -> Int {
        // A list's header counts up to 14 in its own byte, then in a varint; the field's header is one byte more.
        let countBytes = count < 15 ? 0 : (UInt64.bitWidth - UInt64(count).leadingZeroBitCount + 6) / 7
        return head.count + 2 + countBytes + spanBytes + tail.count
    }

    /// The packet's number, what was lost, and the ends of the batch and of the arguments.
    private static func tail(sequence: Int64, _ statistics: ReporterStatistics) -> [UInt8] {
        var writer = CompactWriter()
        let arguments = writer.beginStruct()
        let batch = writer.beginStruct()
        // Fields 3 and 4, after 2: see above.
        writer.i64Field(1, sequence)
        writer.structField(2) { writer in
            writer.i64Field(1, statistics.fullQueueDroppedSpans)
            writer.i64Field(2, statistics.tooLargeDroppedSpans)
            writer.i64Field(3, statistics.failedToEmitSpans)
        }
        writer.endStruct(batch)
        writer.endStruct(arguments)
        return writer.bytes
    }
}
