import SpanStorage
import TraceModel

/// What one client of the live tail gets: spans or traces that match, no more of them a second than it may, and what it
/// did not get as a number.
struct TailStream {
    /// How often the queue is looked at.
    static let tick = Duration.milliseconds(200)
    /// So many events a second if nothing else is asked for.
    static let rateDefault = 200
    private static let ticksPerSecond = 5
    /// Attributes that take more bytes than this are left out of an event.
    private static let attributeBytesMax = 32 << 10
    /// Of more traces in a second each span counts.
    private static let leftOutMax = 50_000

    private let query: TraceQuery
    private let showsTraces: Bool
    private let rate: Int
    private var waiting: [TraceID] = []
    private var isWaiting: Set<TraceID> = []
    // Traces of this second that are not told, so that each counts once.
    private var isLeftOut: Set<TraceID> = []
    private var ticks = 0
    /// Events that may still be sent in this second.
    private var allowance: Int
    private var counts = Counts()
    private var skippedTold = 0

    private struct Counts {
        var received = 0
        var matched = 0
        var sent = 0
        var skipped = 0
    }

    init(_ query: TraceQuery, showsTraces: Bool, rate: Int) {
        self.query = query
        self.showsTraces = showsTraces
        self.rate = rate
        allowance = rate
    }

    /// The events of one tick.
    mutating func events(_ queue: LiveTail.Listener.Queue, store: any SpanStore) async -> [UInt8] {
        var events: [UInt8] = []
        ticks += 1
        counts.received += queue.skipped
        counts.skipped += queue.skipped
        for batch in queue.batches { take(batch, &events) }
        guard ticks % Self.ticksPerSecond == 0 else { return events }
        if showsTraces { await addTraces(store, &events) }
        addRate(&events)
        allowance = rate
        return events
    }

    private mutating func take(_ batch: SpanBatch, _ events: inout [UInt8]) {
        counts.received += batch.count
        let rows = PreparedFilter(query.filter, for: batch).rows(in: batch)
        for row in 0..<batch.count where rows[row] {
            if showsTraces {
                let id = batch.spans.traceID(row)
                if isWaiting.contains(id) || isLeftOut.contains(id) { continue }
                counts.matched += 1
                // The rest of what one second may tell anyway.
                if waiting.count >= rate {
                    counts.skipped += 1
                    if isLeftOut.count < Self.leftOutMax { isLeftOut.insert(id) }
                    continue
                }
                isWaiting.insert(id)
                waiting.append(id)
            } else {
                counts.matched += 1
                if allowance == 0 {
                    counts.skipped += 1
                    continue
                }
                allowance -= 1
                counts.sent += 1
                Self.append("span", to: &events) { $0.liveSpan(row, of: batch, bytesMax: Self.attributeBytesMax) }
            }
        }
    }

    /// Traces are told once a second, as they are then; one that grows is told again.
    private mutating func addTraces(_ store: any SpanStore, _ events: inout [UInt8]) async {
        let ids = waiting
        waiting = []
        isWaiting = []
        isLeftOut = []
        for id in ids {
            // Spans that were acknowledged are there; a trace that is gone was deleted.
            guard let trace = try? await store.trace(id), query.matches(trace) else { continue }
            counts.sent += 1
            Self.append("trace", to: &events) { $0.summary(TraceSummary(of: trace)) }
        }
    }

    private mutating func addRate(_ events: inout [UInt8]) {
        if counts.skipped > skippedTold {
            let (new, all) = (counts.skipped - skippedTold, counts.skipped)
            skippedTold = counts.skipped
            Self.append("skipped", to: &events) { json in
                json.beginObject()
                json.count("count", new)
                json.count("total", all)
                json.endObject()
            }
        }
        let counts = counts
        Self.append("rate", to: &events) { json in
            json.beginObject()
            json.count("received", counts.received)
            json.count("matched", counts.matched)
            json.count("sent", counts.sent)
            json.count("skipped", counts.skipped)
            json.endObject()
        }
    }

    private static func append(_ event: String, to events: inout [UInt8], _ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        write(&json)
        events.append(contentsOf: "event: \(event)\ndata: ".utf8)
        events.append(contentsOf: json.bytes)
        events.append(contentsOf: "\n\n".utf8)
    }
}

extension JSONWriter {
    /// A span in a few fields, with its attributes unless they are too many.
    fileprivate mutating func liveSpan(_ row: Int, of batch: SpanBatch, bytesMax: Int) {
        beginObject()
        key("traceID")
        id(batch.spans.traceID(row))
        key("spanID")
        id(SpanID(batch.spans.spanIDs[row]))
        key("parentSpanID")
        if batch.spans.parentSpanIDs[row] == 0 { null() } else { id(SpanID(batch.spans.parentSpanIDs[row])) }
        key("service")
        string(batch.strings.bytes(batch.resource(of: row).service))
        key("operation")
        string(batch.strings.bytes(batch.spans.names[row]))
        key("kind")
        plainString(batch.spans.kinds[row].tagValue)
        key("status")
        plainString("\(batch.spans.statuses[row])")
        key("startTime")
        int(batch.spans.starts[row] / 1_000)
        duration("duration", UInt64(max(0, batch.spans.durations[row])))
        key("attributes")
        let attributes = batch.spanAttributes.range(row)
        var bytes = 0
        for index in attributes where batch.spanAttributes.types[index].isReference {
            bytes += batch.strings.range(StringRef(truncatingIfNeeded: batch.spanAttributes.values[index])).count
        }
        if bytes > bytesMax {
            null()
        } else {
            beginObject()
            for index in attributes {
                let attribute = batch.spanAttributes[index]
                key(escaping: batch.strings.bytes(attribute.key))
                self.attribute(batch.value(attribute))
            }
            endObject()
        }
        endObject()
    }
}
