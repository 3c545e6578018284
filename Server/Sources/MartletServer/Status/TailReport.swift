import Sampling

/// What tail sampling does, for the status page.
struct TailReport: Encodable {
    /// What one policy kept since the policies changed.
    struct Policy: Encodable {
        var name: String
        var type: String
        var keptTraces: UInt64
        var keptSpans: UInt64
    }

    var file: String?
    var decisionWaitSeconds: Double
    var removalIntervalSeconds: Double
    var waitingTraces: Int
    var maxWaitingTraces: Int
    var keptTraces: UInt64
    var droppedTraces: UInt64
    var droppedSpans: UInt64
    var pinnedTraces: UInt64
    var earlyDecisions: UInt64
    var removalFailures: UInt64
    var reloadFailures: Int
    var policies: [Policy]

    init(_ figures: TailFigures, file: String?, reloadFailures: Int) {
        self.file = file
        self.reloadFailures = reloadFailures
        decisionWaitSeconds = Double(figures.options.decisionWait) / 1e9
        removalIntervalSeconds = Double(figures.options.removalInterval) / 1e9
        waitingTraces = figures.waitingTraces
        maxWaitingTraces = figures.options.waitingTracesMax
        keptTraces = figures.outcomes.reduce(0) { $0 + $1.traces }
        droppedTraces = figures.leftOutTraces
        droppedSpans = figures.removedSpans
        pinnedTraces = figures.pinnedTraces
        earlyDecisions = figures.earlyDecisions
        removalFailures = figures.removalFailures
        policies = zip(figures.options.policies, figures.outcomes).map { policy, outcome in
            Policy(
                name: policy.name,
                type: policy.rule.typeName,
                keptTraces: outcome.traces,
                keptSpans: outcome.spans
            )
        }
    }
}
