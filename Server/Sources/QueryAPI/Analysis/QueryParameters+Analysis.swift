import SpanStorage
import TraceAnalysis
import TraceModel

extension QueryParameters {
    /// What of a search says which spans it is about; the rest says when, how many and in which order.
    private static let conditions = [
        "service", "operation", "tag", "tags", "q", "traceID", "minDuration", "maxDuration",
    ]

    /// The search for traces like one.
    ///
    /// Unless something in particular is asked for it is for those whose root does the same; unless a time is named,
    /// from a day before the trace to an hour after.
    func completed(forTracesLike trace: borrowing SpanBatch) -> QueryParameters {
        var search = self
        if let root = TraceTree(of: trace).root, Self.conditions.allSatisfy({ self[$0].isEmpty }) {
            search["service"] = trace.service(of: root)
            search["operation"] = trace.strings.text(trace.spans.names[root])
        }
        if ["start", "end", "lookback"].allSatisfy({ self[$0].isEmpty }) {
            let (hour, day): (UInt64, UInt64) = (3_600_000_000, 86_400_000_000)
            let extent = trace.extent
            let begin = extent.lowerBound / 1_000
            search["start"] = String(begin > day ? begin - day : 0)
            search["end"] = String(min(extent.upperBound / 1_000, UInt64(Int64.max) - hour) + hour)
        }
        return search
    }

    /// The search that a selection is compared with: what the parameters `baseline.…` ask for, at the selection's time
    /// unless they name another; without any, the selection's service and operation alone.
    func baseline() -> QueryParameters {
        var search = below("baseline.")
        let kept: Set<String> = ["start", "end", "lookback", "limit", "raw", "clockSkew", "clockSkewMax"]
        if search.isEmpty { return keeping(kept.union(["service", "operation"])) }
        let hasTime = ["start", "end", "lookback"].contains { !search[$0].isEmpty }
        for name in kept where search[name].isEmpty && !self[name].isEmpty {
            if hasTime, ["start", "end", "lookback"].contains(name) { continue }
            search[name] = self[name]
        }
        return search
    }
}
