import SpanStorage
import Synchronization

/// What one question has used of its budget.
struct QueryMeter {
    /// Told from another thread that nobody waits for the answer any more.
    final class Cancellation: Sendable {
        private let flag = Atomic(false)

        /// Whether the question was withdrawn.
        var isCancelled: Bool { flag.load(ordering: .relaxed) }

        func cancel() { flag.store(true, ordering: .relaxed) }
    }

    let budget: QueryBudget
    private let cancellation: Cancellation
    private let began = ContinuousClock.now
    /// How many spans were compared with a filter.
    private(set) var scannedSpans = 0
    /// How many bytes of files were read for that.
    private(set) var readBytes = 0

    init(_ budget: QueryBudget, _ cancellation: Cancellation = Cancellation()) {
        self.budget = budget
        self.cancellation = cancellation
    }

    /// Notes that spans have been looked at.
    mutating func add(spans: Int, bytes: Int) {
        scannedSpans += spans
        readBytes += bytes
    }

    /// Why there must be an end now; nil while there need not be.
    var exhaustion: PartialAnswer.Reason? {
        if cancellation.isCancelled { return .cancelled }
        if scannedSpans >= budget.scannedSpans { return .scannedSpans }
        let limit = Duration.nanoseconds(Int64(clamping: budget.nanoseconds))
        return ContinuousClock.now - began >= limit ? .time : nil
    }
}
