import TraceModel

/// What is set right in a trace before it is shown, and which spans are not as they were sent because of it.
///
/// Nothing stored is altered, and whoever wants the spans as they came asks for the raw trace.
public struct TraceAdjuster: Sendable {
    /// How far clocks may be set right, in nanoseconds; nil if they are left alone.
    public var skewMax: UInt64?

    /// Sets right what is wrong beyond doubt: ids that two spans share.
    public init(skewMax: UInt64? = nil) { self.skewMax = skewMax }

    /// What was done to a trace.
    public struct Notes: Sendable, Equatable {
        /// By row: what was done to the span, in words.
        public private(set) var texts: [Int: [String]] = [:]

        /// Nothing.
        public init() {}

        mutating func add(_ text: String, to row: Int) { texts[row, default: []].append(text) }
    }

    /// Adjusts a trace, of which `trace` holds all spans.
    public func adjust(_ trace: inout SpanBatch) -> Notes {
        var notes = Notes()
        var ids = SharedIDs()
        ids.look(at: trace)
        ids.settle()
        ids.separate(&trace, &notes)
        if let skewMax {
            let skew = ClockSkew(bound: skewMax)
            skew.move(&trace, skew.deltas(of: trace)[...], &notes)
        }
        return notes
    }
}
