import SpanStorage
import TraceModel

/// What policies would have kept of traces that are stored.
public struct TailPreview: Sendable {
    /// Traces of one fate.
    public struct Outcome: Sendable, Equatable {
        /// How many there are.
        public var traces = 0
        /// How many spans they have.
        public var spans = 0
        /// The ids of the first of them.
        public var examples: [TraceID] = []

        fileprivate mutating func add(_ trace: TailTrace) {
            traces += 1
            spans += Int(trace.spans)
            if examples.count < TailPreview.examplesMax { examples.append(trace.id) }
        }
    }

    /// So many ids are named of each outcome.
    public static let examplesMax = 5

    private let options: TailOptions
    private var marks = TailMarks()
    private var traces: [TailTrace] = []

    /// A preview of these policies, of no traces yet.
    public init(_ options: TailOptions) {
        self.options = options
        _ = marks.replace(with: options.filters)
    }

    /// Takes in a trace; `trace` holds all of its spans and no others. Only facts of it are kept.
    public mutating func add(_ trace: SpanBatch) {
        guard trace.count > 0 else { return }
        var facts = TailTrace(id: trace.spans.traceID(0))
        let marks = marks.rows(of: trace)
        for span in 0..<trace.count { facts.add(span, of: trace.spans, marks: marks.isEmpty ? 0 : marks[span]) }
        traces.append(facts)
    }

    /// What each policy would have kept, in their order, and what none of them would.
    ///
    /// Traces are decided on in the order of their start, each when it would have waited long enough: rates are those
    /// of the time in which they began.
    public func outcomes() -> (kept: [Outcome], leftOut: Outcome) {
        var kept = options.policies.map { _ in Outcome() }
        var leftOut = Outcome()
        let ordered = traces.sorted { ($0.start, $0.id.low) < ($1.start, $1.id.low) }
        var judge = TailJudge(options.policies, at: ordered.first?.start ?? 0)
        for trace in ordered {
            let (time, isTooLate) = trace.start.addingReportingOverflow(options.decisionWait)
            if let number = judge.verdict(on: trace, marks, at: isTooLate ? .max : time) {
                kept[number].add(trace)
            } else {
                leftOut.add(trace)
            }
        }
        return (kept, leftOut)
    }
}
