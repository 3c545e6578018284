import Sampling
import SpanStorage
import TraceModel

/// What policies of tail sampling would keep of what is stored, as the admin port tells it.
struct TailPreviewReport: Codable {
    struct Outcome: Codable {
        var traces: Int
        var spans: Int
        var examples: [String]
    }

    struct Policy: Codable {
        var name: String
        var type: String
        var kept: Outcome
    }

    var start: String
    var end: String
    var traces: Int
    var spans: Int
    var keptTraces: Int
    var keptSpans: Int
    /// Whether these are all traces of the time; otherwise they are its newest.
    var isComplete: Bool
    var policies: [Policy]
    var leftOut: Outcome
}

extension TailPreviewReport {
    init(_ preview: TailPreview, _ options: TailOptions, start: UInt64, end: UInt64, isComplete: Bool) {
        let (kept, leftOut) = preview.outcomes()
        self.start = UTCTime(nanoseconds: start).description
        self.end = UTCTime(nanoseconds: end).description
        self.isComplete = isComplete
        keptTraces = kept.reduce(0) { $0 + $1.traces }
        keptSpans = kept.reduce(0) { $0 + $1.spans }
        traces = keptTraces + leftOut.traces
        spans = keptSpans + leftOut.spans
        policies = zip(options.policies, kept).map { policy, outcome in
            Policy(name: policy.name, type: policy.rule.typeName, kept: Outcome(outcome))
        }
        self.leftOut = Outcome(leftOut)
    }
}

extension TailPreviewReport.Outcome {
    fileprivate init(_ outcome: TailPreview.Outcome) {
        traces = outcome.traces
        spans = outcome.spans
        examples = outcome.examples.map(\.hex)
    }
}
