/// How fast something that fills up is emptied, and from that when those who find it full should come again.
///
/// It is looked at only when somebody is refused; it holds no clock.
public struct DrainRate: Sendable {
    private var lookedAt: UInt64?
    private var drainedThen = 0
    private var bytesPerSecond: Double?

    /// A look that is older says nothing of now: there may have been nothing to do since.
    private static let lookNanosecondsMax: UInt64 = 10_000_000_000
    /// A rate is taken over so long at the least.
    private static let lookNanosecondsMin: UInt64 = 1_000_000_000

    /// Nothing is known yet.
    public init() {}

    /// After how many seconds what waits will be gone: 1 to 30, and 1 while nothing is known.
    ///
    /// - Parameters:
    ///   - waiting: Bytes that wait.
    ///   - drained: Bytes that were ever taken out.
    ///   - now: The time, in nanoseconds from any moment on.
    public mutating func secondsToDrain(_ waiting: Int, drained: Int, now: UInt64) -> Int {
        if let then = lookedAt, now >= then, now - then <= Self.lookNanosecondsMax {
            if now - then >= Self.lookNanosecondsMin {
                bytesPerSecond = Double(drained - drainedThen) / (Double(now - then) / 1e9)
                lookedAt = now
                drainedThen = drained
            }
        } else {
            bytesPerSecond = nil
            lookedAt = now
            drainedThen = drained
        }
        guard let bytesPerSecond else { return 1 }
        let seconds = bytesPerSecond > 0 ? (Double(waiting) / bytesPerSecond).rounded(.up) : 30
        return Int(min(max(seconds, 1), 30))
    }
}
