import SpanStorage
import TraceModel

/// Something that holds spans and can be asked about them: a piece of the head, a sealed block.
///
/// A trace may have spans in several sources; a span is in exactly one.
protocol SpanSource: Sendable {
    /// How many spans it holds.
    var spanCount: Int { get }

    /// The earliest and the latest start of its spans: nanoseconds since 1970; nil if it has none.
    var startRange: ClosedRange<UInt64>? { get }

    /// The parts that can have a span that satisfies the query, as far as can be told without looking at spans.
    func parts(for query: TraceQuery) throws(SpanStoreError) -> [any SearchPart]

    /// Lowers the values of `starts` to the earliest start that this source has of their keys' traces.
    func lowerStarts(_ starts: inout [TraceID: UInt64]) throws(SpanStoreError)

    /// Adds what this source has of some traces to their measures.
    func measure(_ measures: inout TraceMeasures) throws(SpanStoreError)

    /// Adds what this source has of some traces to their summaries.
    func summarize(_ summaries: inout TraceSummaries) throws(SpanStoreError)

    /// Its spans of a trace, in runs that are read at one go.
    func runs(of id: TraceID) throws(SpanStoreError) -> [TracePager.Run]

    /// Whether it may have spans that were reported before they ended.
    var holdsPartialReports: Bool { get }

    /// Those of some traces of which it has spans that were reported before they ended.
    func partialReports(among ids: some Sequence<TraceID>) throws(SpanStoreError) -> Set<TraceID>

    /// Counts its attributes; returns why it ended before its end, if it did.
    func count(_ census: inout AttributeCensus, _ meter: inout QueryMeter) throws(SpanStoreError)
        -> PartialAnswer.Reason?

    /// Adds this source's spans of the collection's traces to it.
    func collect(into traces: inout TraceCollection) throws(SpanStoreError)
}

/// A part of a source that is searched at one go.
protocol SearchPart {
    /// No span of it starts later.
    var latestStart: UInt64 { get }

    /// The traces of which a span of this part satisfies the query, in any order and each once.
    func search() throws(SpanStoreError) -> PartMatches
}

/// What a search found in one part.
struct PartMatches {
    /// The traces, with a start of each that is no earlier than the trace's own.
    var traces: [(id: TraceID, start: UInt64)] = []
    /// How many spans were compared with the filter.
    var scannedSpans = 0
    /// How many bytes of a file they take.
    var readBytes = 0
}

/// The measures of some traces while they are being added up.
struct TraceMeasures {
    /// Where each trace's measure is.
    let slots: [TraceID: Int]
    private(set) var measures: [TraceMeasure]

    init(_ ids: some Sequence<TraceID>) {
        var slots: [TraceID: Int] = [:]
        for id in ids where slots[id] == nil { slots[id] = slots.count }
        self.slots = slots
        measures = [TraceMeasure](repeating: .nothing, count: slots.count)
    }

    /// Adds a piece of the trace of a slot.
    mutating func add(_ measure: TraceMeasure, slot: Int) { measures[slot].add(measure) }

    /// Knows a trace's measure better than its pieces do.
    mutating func replace(_ id: TraceID, by measure: TraceMeasure) {
        if let slot = slots[id] { measures[slot] = measure }
    }
}
