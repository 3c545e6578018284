/// Encodes spans and sends them: what is different from one way to the server to the next.
///
/// Runs on the reporter's own thread, where it may block.
protocol SpanSender: ~Copyable, Sendable {
    /// What was sent and lost so far, but for spans that found the queue full.
    var statistics: ReporterStatistics { get }

    /// How many spans it takes at once.
    var batchSizeMaxSpans: Int { get }

    /// Sends spans, or keeps them to be sent by `sendAgain`; counts those that it gives up.
    mutating func send(_ spans: [FinishedSpan], fullQueueDroppedSpans: Int64) -> SendOutcome

    /// Tries once more to send what it kept.
    mutating func sendAgain() -> SendOutcome

    /// Counts as lost what it kept.
    mutating func giveUp()

    /// Learns what became of what it sent, where that is told later.
    mutating func settle()
}

extension SpanSender where Self: ~Copyable {
    mutating func settle() {}
}

enum SendOutcome: Sendable, Equatable {
    /// The spans were sent or given up.
    case done
    /// The server is away or busy, and asks to be left alone for so many nanoseconds.
    case tryAgain(afterNanoseconds: Int64)
}

/// Says that spans are lost, but not each time.
struct LossWarning: Sendable {
    private static let intervalNanoseconds: Int64 = 60_000_000_000
    private var lastNanoseconds: Int64?

    /// Whether it is time to say it again.
    mutating func isDue() -> Bool {
        let now = SystemClock().monotonicNanoseconds
        if let lastNanoseconds, now - lastNanoseconds < Self.intervalNanoseconds { return false }
        lastNanoseconds = now
        return true
    }
}
