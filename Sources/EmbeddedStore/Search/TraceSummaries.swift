import SpanStorage
import TraceModel

/// The summaries of some traces while they are being put together from several sources.
struct TraceSummaries {
    /// A span without a parent, which may be the root of its trace.
    struct Root {
        var start: UInt64
        var names: TraceSummary.Root
        /// The span's id, which only matters if two begin at the same time.
        var id: () throws(SpanStoreError) -> UInt64
    }

    private struct Part {
        var measure = TraceMeasure.nothing
        var root: Root?
        var services: [String: TraceSummary.Service] = [:]
    }

    /// Where each trace is.
    let slots: [TraceID: Int]
    private var parts: [Part]
    private var whole: [TraceID: TraceSummary] = [:]

    init(_ ids: some Sequence<TraceID>) {
        var slots: [TraceID: Int] = [:]
        for id in ids where slots[id] == nil { slots[id] = slots.count }
        self.slots = slots
        parts = [Part](repeating: Part(), count: slots.count)
    }

    /// Adds what a source measures of the trace of a slot.
    mutating func add(_ measure: TraceMeasure, slot: Int) { parts[slot].measure.add(measure) }

    /// Adds a service's spans.
    mutating func add(_ service: TraceSummary.Service, slot: Int) {
        parts[slot].services[service.name, default: .init(name: service.name, spans: 0, errors: 0)].spans +=
            service.spans
        parts[slot].services[service.name]?.errors += service.errors
    }

    /// Takes a span for the root if it comes before the one that is known.
    mutating func offer(_ root: Root, slot: Int) throws(SpanStoreError) {
        if let known = parts[slot].root {
            if root.start > known.start { return }
            if root.start == known.start {
                let isLower = try root.id() < known.id()
                if !isLower { return }
            }
        }
        parts[slot].root = root
    }

    /// Knows a trace's summary better than its pieces do.
    mutating func replace(by summary: TraceSummary) { whole[summary.id] = summary }

    /// The trace's summary; nil if no source has spans of it.
    func summary(_ id: TraceID) -> TraceSummary? {
        if let summary = whole[id] { return summary }
        guard let slot = slots[id], parts[slot].measure.spans > 0 else { return nil }
        let part = parts[slot]
        let services = part.services.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return TraceSummary(id: id, measure: part.measure, root: part.root?.names, services: services)
    }
}

extension Segment {
    func summarize(_ summaries: inout TraceSummaries) throws(SpanStoreError) {
        var wanted: [(number: Int, slot: Int)] = []
        for (id, slot) in summaries.slots where block.mayContain(id) {
            if let number = try block.traces().number(of: id) { wanted.append((number, slot)) }
        }
        if wanted.isEmpty { return }
        let table = try block.traces()
        let known = try BlockSummaries.read(block)
        let names = known.services.map { String(decoding: $0, as: UTF8.self) }
        for (number, slot) in wanted {
            summaries.add(known.measure(number, start: table.start(number)), slot: slot)
            for share in known.shares(number) {
                let name = names[share.service]
                summaries.add(.init(name: name, spans: share.spans, errors: share.errors), slot: slot)
            }
            guard let root = known.roots[number] else { continue }
            let operation = known.operations[root.operation]
            let text = TraceSummary.Root(
                service: names[operation.service],
                name: String(decoding: operation.name, as: UTF8.self)
            )
            let start = table.start(number) &+ root.delay
            try summaries.offer(
                TraceSummaries.Root(start: start, names: text) { [block] () throws(SpanStoreError) in
                    try block.spanID(row: try table.rows(number).lowerBound + root.row)
                },
                slot: slot
            )
        }
    }
}

extension HeadChunk {
    func summarize(_ summaries: inout TraceSummaries) throws(SpanStoreError) {
        let traces = traces
        for (id, slot) in summaries.slots {
            guard let number = traces.number(of: id) else { continue }
            summaries.add(traces.measures[number], slot: slot)
            for row in traces.rows(number).lazy.map({ Int($0) }) {
                let service = batch.service(of: row)
                let isError = batch.spans.statuses[row] == .error
                summaries.add(.init(name: service, spans: 1, errors: isError ? 1 : 0), slot: slot)
                let spanID = batch.spans.spanIDs[row]
                let parent = batch.spans.parentSpanIDs[row]
                if parent != 0, parent != spanID { continue }
                let names = TraceSummary.Root(service: service, name: batch.strings.text(batch.spans.names[row]))
                let root = TraceSummaries.Root(start: batch.spans.starts[row], names: names) {
                    () throws(SpanStoreError) in spanID
                }
                try summaries.offer(root, slot: slot)
            }
        }
    }
}
