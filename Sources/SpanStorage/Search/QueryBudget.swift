/// How much one question may cost; over it there is the answer so far, marked as partial.
public struct QueryBudget: Sendable, Equatable {
    /// Time, waiting for its turn included, in nanoseconds.
    public var nanoseconds: UInt64
    /// Spans that are compared with the filter.
    public var scannedSpans: Int
    /// Bytes of memory for what it holds: the traces of the answer, and the ids of those that may be in it.
    public var heldBytes: Int

    /// 10 seconds, 256 MiB, and any number of spans.
    public static let standard = QueryBudget(nanoseconds: 10_000_000_000, scannedSpans: .max, heldBytes: 256 << 20)

    /// Makes a budget from its parts.
    public init(nanoseconds: UInt64, scannedSpans: Int, heldBytes: Int) {
        self.nanoseconds = nanoseconds
        self.scannedSpans = scannedSpans
        self.heldBytes = heldBytes
    }
}

/// Why an answer is not all of it, and how far the store got.
public struct PartialAnswer: Sendable, Equatable, CustomStringConvertible {
    /// Why a question was not answered to the end.
    public enum Reason: Sendable, Equatable {
        /// The time of its budget was over.
        case time
        /// It had looked at as many spans as its budget allows.
        case scannedSpans
        /// The answer would need more memory than its budget allows.
        case heldBytes
        /// Whoever asked has gone.
        case cancelled
        /// Files that cannot be read were left out; the texts name them.
        case damaged([String])
    }

    /// Why.
    public var reason: Reason
    /// How many spans were compared with the filter...
    public var scannedSpans: Int
    /// ...of so many that lie in files and in memory which reach into the time that was asked for.
    public var spans: Int
    /// The newest traces down to this start are all in the answer; nil if nothing can be said.
    public var completeDownTo: UInt64?

    /// Makes a mark from its parts.
    public init(reason: Reason, scannedSpans: Int, spans: Int, completeDownTo: UInt64? = nil) {
        self.reason = reason
        self.scannedSpans = scannedSpans
        self.spans = spans
        self.completeDownTo = completeDownTo
    }

    public var description: String {
        let why =
            switch reason {
            case .time: "the time for one question was over: narrow its range or its filter, or allow more time"
            case .scannedSpans: "it looked at as many spans as one question may: narrow its range or its filter"
            case .heldBytes: "the answer needs more memory than one question may have: ask for fewer traces"
            case .cancelled: "the question was withdrawn"
            case .damaged(let texts): "some files could not be read: \(texts.joined(separator: "; "))"
            }
        return "\(why) (\(scannedSpans) of \(spans) spans were looked at)"
    }
}
