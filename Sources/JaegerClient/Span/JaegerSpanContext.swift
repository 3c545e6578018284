import OpenTracing

/// What identifies a span of Jaeger's.
public struct JaegerSpanContext: SpanContext, Hashable {
    /// What was decided about a trace, and travels with it.
    public struct Flags: OptionSet, Sendable, Hashable {
        /// The flags as bits.
        public let rawValue: UInt8

        /// Makes flags from their bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The trace is recorded.
        public static let sampled = Flags(rawValue: 1)
        /// Somebody asked for this trace: keep it whatever else is dropped.
        public static let debug = Flags(rawValue: 2)
        /// The trace is kept but not indexed (Jaeger's Go client writes it; here it only travels on).
        public static let firehose = Flags(rawValue: 8)
    }

    /// The upper 64 bits of the trace's identifier; 0 in traces with identifiers of 64 bits.
    public var traceIDHigh: UInt64
    /// The lower 64 bits of the trace's identifier.
    public var traceIDLow: UInt64
    /// The span's identifier, 0 only when there is no span.
    public var spanID: UInt64
    /// The parent's identifier; 0 in the first span of a trace.
    public var parentID: UInt64
    /// What was decided about the trace.
    public var flags: Flags
    /// What few contexts carry, in one object that contexts share until one of them is changed.
    var items: CarriedItems?

    /// Makes a context from its parts.
    public init(
        traceIDHigh: UInt64 = 0,
        traceIDLow: UInt64,
        spanID: UInt64,
        parentID: UInt64 = 0,
        flags: Flags = [],
        baggage: [String: String] = [:],
        traceState: String? = nil,
        debugID: String? = nil
    ) {
        self.init(
            traceIDHigh: traceIDHigh,
            traceIDLow: traceIDLow,
            spanID: spanID,
            parentID: parentID,
            flags: flags,
            items: CarriedItems(baggage: baggage, traceState: traceState, debugID: debugID)
        )
    }

    init(
        traceIDHigh: UInt64,
        traceIDLow: UInt64,
        spanID: UInt64,
        parentID: UInt64,
        flags: Flags,
        items: CarriedItems?
    ) {
        self.traceIDHigh = traceIDHigh
        self.traceIDLow = traceIDLow
        self.spanID = spanID
        self.parentID = parentID
        self.flags = flags
        self.items = items
    }

    /// The items that travel to every span below this one.
    public var baggage: [String: String] {
        get { items?.baggage ?? [:] }
        set {
            items = CarriedItems(
                baggage: newValue,
                traceState: traceState,
                debugID: debugID,
                sampling: items?.sampling
            )
        }
    }

    /// What another tracing system wants to be carried along (W3C `tracestate`).
    public var traceState: String? {
        get { items?.traceState }
        set {
            items = CarriedItems(baggage: baggage, traceState: newValue, debugID: debugID, sampling: items?.sampling)
        }
    }

    /// The value of a `jaeger-debug-id` header: begins a trace that is recorded in any case.
    public var debugID: String? {
        get { items?.debugID }
        set {
            items = CarriedItems(
                baggage: baggage,
                traceState: traceState,
                debugID: newValue,
                sampling: items?.sampling
            )
        }
    }

    /// Whether there is a span that this identifies; a context that only carries baggage has none.
    public var identifiesSpan: Bool { spanID != 0 && traceIDHigh | traceIDLow != 0 }

    /// Whether the trace is recorded.
    public var isSampled: Bool { flags.contains(.sampled) }

    /// The trace's identifier in 16 or 32 hexadecimal digits.
    public var traceIdentifier: String { Hex.traceID(high: traceIDHigh, low: traceIDLow) }

    /// The span's identifier in 16 hexadecimal digits.
    public var spanIdentifier: String { Hex.padded(spanID) }
}

extension JaegerSpanContext: CustomStringConvertible {
    /// Trace, span, parent and flags, as Jaeger writes them to headers and logs.
    public var description: String {
        Hex.text(70) { bytes in
            if traceIDHigh != 0 { Hex.append(traceIDHigh, digits: 16, to: &bytes) }
            Hex.append(traceIDLow, digits: 16, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            Hex.append(spanID, digits: 16, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            if parentID == 0 {
                bytes.append(UInt8(ascii: "0"))
            } else {
                Hex.append(parentID, digits: 16, to: &bytes)
            }
            bytes.append(UInt8(ascii: ":"))
            Hex.append(UInt64(flags.rawValue), digits: flags.rawValue < 16 ? 1 : 2, to: &bytes)
        }
    }
}

/// What a header said about a trace that is not there in the context's flags.
enum CarriedSampling: Sendable, Hashable {
    /// There are identifiers and no decision: it is left to us.
    case undecided
    /// There is a decision and no identifiers: about the trace that we begin.
    case record, leaveOut, debug

    var flags: JaegerSpanContext.Flags {
        switch self {
        case .undecided, .leaveOut: []
        case .record: [.sampled]
        case .debug: [.sampled, .debug]
        }
    }
}

extension JaegerSpanContext.Flags {
    /// Follows the tag `sampling.priority`: above 0 forces a trace to be recorded, if that is allowed, 0 forbids it.
    mutating func setPriority(_ value: TagValue, ifAllowed isAllowed: () -> Bool) {
        let isWanted: Bool
        switch value {
        case .int(let priority): isWanted = priority > 0
        case .double(let priority): isWanted = priority > 0
        case .bool(let wanted): isWanted = wanted
        case .string(let text): isWanted = Int(text).map { $0 > 0 } ?? false
        case .binary, .array: return
        }
        if !isWanted {
            subtract([.sampled, .debug])
        } else if !contains([.sampled, .debug]), isAllowed() {
            formUnion([.sampled, .debug])
        }
    }
}

/// Baggage, the state of other tracing systems, and what began the trace; never changed.
final class CarriedItems: Sendable, Hashable {
    let baggage: [String: String]
    let traceState: String?
    let debugID: String?
    let sampling: CarriedSampling?

    /// The items, or nil when there are none.
    convenience init?(
        baggage: [String: String],
        traceState: String? = nil,
        debugID: String? = nil,
        sampling: CarriedSampling? = nil
    ) {
        if baggage.isEmpty, traceState == nil, debugID == nil, sampling == nil { return nil }
        self.init(some: baggage, traceState, debugID, sampling)
    }

    private init(
        some baggage: [String: String],
        _ traceState: String?,
        _ debugID: String?,
        _ sampling: CarriedSampling?
    ) {
        self.baggage = baggage
        self.traceState = traceState
        self.debugID = debugID
        self.sampling = sampling
    }

    /// The items that a child has of its parent: all but what began the trace.
    var inherited: CarriedItems? {
        debugID == nil && sampling == nil ? self : CarriedItems(baggage: baggage, traceState: traceState)
    }

    static func == (left: CarriedItems, right: CarriedItems) -> Bool {
        left === right
            || (left.baggage == right.baggage && left.traceState == right.traceState && left.debugID == right.debugID
                && left.sampling == right.sampling)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(baggage)
        hasher.combine(traceState)
        hasher.combine(debugID)
        hasher.combine(sampling)
    }
}
