import OpenTracing
import Thrift

/// Packs spans into `emitBatch` messages that are no larger than a datagram may be.
///
///     ┌──────────────────────────────┬──────────────┬───────┬───────────────────┐
///     │ envelope, process: once made │ list of n    │ spans │ number, losses    │
///     └──────────────────────────────┴──────────────┴───────┴───────────────────┘
///
/// The size of a packet is the sum of the sizes of these parts, each of which is known before it is sent.
struct PacketBuilder<Writer: ThriftWriter & Sendable>: Sendable {
    /// A message and how many spans are in it.
    struct Packet: Sendable, Hashable {
        var bytes: [UInt8]
        var spanCount: Int
    }

    private(set) var packetSizeMax: Int
    private let head: [UInt8]
    private var spans: Writer
    private var spanCount = 0
    /// What the packet will end with.
    ///
    /// Made when its first span is added: losses after that are told by the next one,
    /// so that a packet does not grow when there is no room left.
    private var tail: [UInt8] = []
    private var sequence: Int64 = 0

    init(serviceName: String, processTags: TagList, packetSizeMax: Int) {
        self.packetSizeMax = packetSizeMax
        var writer = Writer(capacity: 1024)
        writer.messageHeader("emitBatch", kind: .oneway, sequence: 0)
        // The arguments have one field, the batch, and the batch's first is the process.
        _ = writer.beginStruct()
        writer.field(1, .structure)
        _ = writer.beginStruct()
        writer.field(1, .structure)
        ThriftSpans.write(serviceName: serviceName, tags: processTags, to: &writer)
        head = writer.bytes
        spans = Writer(capacity: packetSizeMax)
    }

    /// Adds a span; gives the packet before it when the span doesn't fit into that.
    ///
    /// A span that does not fit into any packet is dropped and counted in `statistics`.
    mutating func add(_ span: FinishedSpan, statistics: inout ReporterStatistics) -> Packet? {
        if spanCount == 0 { begin(statistics) }
        let start = spans.count
        ThriftSpans.write(span, to: &spans)
        if size(count: spanCount + 1, spanBytes: spans.count) <= packetSizeMax {
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
        spanCount > 0 ? takePacket(spanBytes: spans.count) : nil
    }

    private mutating func begin(_ statistics: ReporterStatistics) {
        sequence += 1
        tail = Self.tail(sequence: sequence, statistics)
    }

    private mutating func takePacket(spanBytes: Int) -> Packet {
        var packet = Writer(capacity: size(count: spanCount, spanBytes: spanBytes))
        packet.raw(head)
        _ = packet.resumeStruct(after: 1)
        packet.listField(2, .structure, count: spanCount)
        packet.raw(spans.bytes[..<spanBytes])
        packet.raw(tail)
        defer {
            spans.removeAll()
            spanCount = 0
        }
        return Packet(bytes: packet.takeBytes(), spanCount: spanCount)
    }

    /// How large a packet of so many spans of so many bytes is.
    private func size(count: Int, spanBytes: Int) -> Int {
        head.count + Writer.listFieldSize(count: count) + spanBytes + tail.count
    }

    /// Forgets what was added since the last packet, and makes smaller packets from now on.
    mutating func restart(packetSizeMax: Int) {
        self.packetSizeMax = packetSizeMax
        spans.removeAll()
        spanCount = 0
    }

    /// The packet's number, what was lost, and the ends of the batch and of the arguments.
    private static func tail(sequence: Int64, _ statistics: ReporterStatistics) -> [UInt8] {
        var writer = Writer(capacity: 64)
        let arguments = writer.resumeStruct(after: 1)
        let batch = writer.resumeStruct(after: 2)
        ThriftSpans.write(sequence: sequence, statistics, to: &writer)
        writer.endStruct(batch)
        writer.endStruct(arguments)
        return writer.bytes
    }
}
