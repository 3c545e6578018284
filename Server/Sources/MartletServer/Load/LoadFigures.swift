/// What a load did so far.
public struct LoadFigures: Sendable {
    /// Spans that were sent, taken or not.
    public var sentSpans = 0
    /// The traces that they are of.
    public var sentTraces = 0
    /// Spans that the server took; by UDP those that left, of which nobody hears more.
    public var takenSpans = 0
    /// Requests that the server wanted later.
    public var refusals = 0
    /// Those of them for which it did not say when.
    public var refusalsWithoutHint = 0
    /// Spans that were dropped because the server wanted them later.
    public var droppedSpans = 0
    /// Spans that the server did not take in the end.
    public var failedSpans = 0
    /// What went wrong last.
    public var lastProblem: String?
    /// How long answers took, in milliseconds, in steps of a tenth part of themselves.
    var latencies: [Int: Int] = [:]
    /// The longest, in milliseconds.
    public var longestMilliseconds = 0.0

    /// Nothing yet.
    public init() {}

    mutating func addLatency(milliseconds: Double) {
        longestMilliseconds = max(longestMilliseconds, milliseconds)
        latencies[Self.step(milliseconds), default: 0] += 1
    }

    /// Below how many milliseconds a share of the answers came; nil if there were none.
    public func latency(share: Double) -> Double? {
        let total = latencies.values.reduce(0, +)
        if total == 0 { return nil }
        var left = Int((Double(total) * share).rounded(.up))
        for step in latencies.keys.sorted() {
            left -= latencies[step] ?? 0
            if left <= 0 { return min(Self.bound(step), longestMilliseconds) }
        }
        return longestMilliseconds
    }

    // Sixteen steps for each doubling, by the bits of the number.
    private static func step(_ milliseconds: Double) -> Int {
        Int(max(milliseconds, 0.001).bitPattern >> 48)
    }

    private static func bound(_ step: Int) -> Double { Double(bitPattern: UInt64(step + 1) << 48) }
}
