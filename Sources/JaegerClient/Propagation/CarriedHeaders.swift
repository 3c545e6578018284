import OpenTracing

/// What is ours among the headers of a request.
struct CarriedHeaders {
    private var traceID: String?
    private var traceParent: String?
    private var hasSeveralTraceParents = false
    private var traceState: String?
    private var b3 = B3Headers()
    private var debugID: String?
    private var baggage: [String: String] = [:]
    private var baggageBytes = 0
    private(set) var isEmpty = true

    /// How long a debug identifier may be, in characters.
    private static let debugIDMax = 1024

    /// Takes a header that is one of ours.
    ///
    /// Most are not, so the first letter is looked at before anything is made of the name.
    mutating func take(_ key: String, _ value: String, _ format: TextFormat) {
        guard let first = key.utf8.first else { return }
        switch first | 0x20 {
        case UInt8(ascii: "u"), UInt8(ascii: "t"), UInt8(ascii: "x"), UInt8(ascii: "b"), UInt8(ascii: "j"):
            take(name: key.lowercased(), value, format)
        default: break
        }
    }

    private mutating func take(name: String, _ value: String, _ format: TextFormat) {
        let isOurs = takeContext(name, value) || takeBaggage(name, value, format)
        if isOurs { isEmpty = false }
    }

    private mutating func takeContext(_ name: String, _ value: String) -> Bool {
        switch name {
        // Some proxies encode the colons.
        case UberHeaders.traceID: traceID = PercentEncoding.decode(value)
        case TraceParent.key:
            hasSeveralTraceParents = traceParent != nil
            traceParent = value
        // Several headers of this name are one list (RFC 9110, 5.3).
        case TraceState.key: traceState = traceState.map { $0 + "," + value } ?? value
        case UberHeaders.debugID: debugID = String(value.prefix(Self.debugIDMax))
        case B3Headers.single: b3.single = value
        default: return b3.take(name, value)
        }
        return true
    }

    private mutating func takeBaggage(_ name: String, _ value: String, _ format: TextFormat) -> Bool {
        if name == UberHeaders.baggage || name == BaggageHeader.key {
            BaggageHeader.forEachItem(value) { takeItem($0, $1) }
            return true
        }
        for prefix in [UberHeaders.baggagePrefix, B3Headers.baggagePrefix] where name.hasPrefix(prefix) {
            takeItem(
                String(name.dropFirst(prefix.count)),
                format == .httpHeaders ? PercentEncoding.decode(value) : value
            )
            return true
        }
        return false
    }

    private mutating func takeItem(_ key: String, _ value: String) {
        let size = key.utf8.count + value.utf8.count
        guard !key.isEmpty, baggage[key] == nil, baggage.count < Propagation.baggageItemsMax,
            baggageBytes + size <= Propagation.baggageBytesMax
        else { return }
        baggageBytes += size
        baggage[key] = value
    }

    /// The context in one family of headers, or nil when they are not there.
    func context(_ family: Propagation.Format) throws(PropagationError) -> JaegerSpanContext? {
        switch family {
        case .jaeger: return try traceID.map { text throws(PropagationError) in try UberTraceID.parse(text) }
        case .w3c:
            guard let traceParent else { return nil }
            if hasSeveralTraceParents {
                throw PropagationError(key: TraceParent.key, reason: "there are several headers of this name")
            }
            return try TraceParent.parse(traceParent)
        case .b3: return try b3.contextOfSeveral()
        case .b3Single: return try b3.contextOfOne()
        }
    }

    /// The context that was found with what travels beside it; one that only carries something when none was found.
    func complete(_ found: JaegerSpanContext?, readsW3C: Bool) -> JaegerSpanContext? {
        var context = found ?? JaegerSpanContext(traceIDLow: 0, spanID: 0)
        context.items = CarriedItems(
            baggage: baggage,
            traceState: readsW3C ? validState(of: context) : nil,
            debugID: context.identifiesSpan ? nil : debugID,
            sampling: context.items?.sampling
        )
        return context.items == nil && !context.identifiesSpan ? nil : context
    }

    /// The `tracestate`, which means something only beside a `traceparent` of the same trace (W3C Trace Context, 3.3).
    private func validState(of context: JaegerSpanContext) -> String? {
        guard let traceState, let parent = try? self.context(.w3c), parent.traceIDLow == context.traceIDLow,
            parent.traceIDHigh == context.traceIDHigh
        else { return nil }
        return TraceState.validated(traceState)
    }
}
