import OpenTracing

/// Zipkin's headers, in both forms (https://github.com/openzipkin/b3-propagation).
struct B3Headers {
    static let traceID = "X-B3-TraceId"
    static let spanID = "X-B3-SpanId"
    static let parentID = "X-B3-ParentSpanId"
    static let sampled = "X-B3-Sampled"
    static let flags = "X-B3-Flags"
    static let single = "b3"
    /// What Jaeger's clients put in front of baggage that travels beside these headers.
    static let baggagePrefix = "baggage-"

    /// The names of the several headers, in lower case.
    static let multi = [traceID, spanID, parentID, sampled, flags].map { $0.lowercased() }

    private var values: [String: String] = [:]
    var single: String?

    /// Takes one of the several headers.
    mutating func take(_ name: String, _ value: String) -> Bool {
        guard Self.multi.contains(name) else { return false }
        values[name] = String(HeaderText.trimmed(value[...]))
        return true
    }

    // MARK: Writing

    static func inject(_ context: JaegerSpanContext, into carrier: inout some TextMapWriter) {
        carrier.set(traceID, to: context.traceIdentifier)
        carrier.set(spanID, to: context.spanIdentifier)
        if context.parentID != 0 { carrier.set(parentID, to: Hex.padded(context.parentID)) }
        // Debug says that the trace is sampled too. One that is not has to say so, or the next process decides anew.
        if context.flags.contains(.debug) {
            carrier.set(flags, to: "1")
        } else {
            carrier.set(sampled, to: context.isSampled ? "1" : "0")
        }
    }

    static func renderSingle(_ context: JaegerSpanContext) -> String {
        let decision = context.flags.contains(.debug) ? "d" : context.isSampled ? "1" : "0"
        let parent = context.parentID == 0 ? "" : "-" + Hex.padded(context.parentID)
        return "\(context.traceIdentifier)-\(context.spanIdentifier)-\(decision)\(parent)"
    }

    // MARK: Reading

    /// The context in the several headers.
    func contextOfSeveral() throws(PropagationError) -> JaegerSpanContext? {
        let sampling: CarriedSampling? = try decision()
        let trace = values[Self.traceID.lowercased()]
        let span = values[Self.spanID.lowercased()]
        guard trace != nil || span != nil else { return sampling.map(Self.decisionAlone) }
        return try Self.context(
            trace: (trace ?? "")[...],
            span: (span ?? "")[...],
            parent: values[Self.parentID.lowercased()].map { $0[...] },
            sampling,
            key: trace == nil ? Self.traceID : Self.spanID
        )
    }

    private func decision() throws(PropagationError) -> CarriedSampling? {
        if values[Self.flags.lowercased()] == "1" { return .debug }
        guard let text = values[Self.sampled.lowercased()] else { return nil }
        switch text.lowercased() {
        case "1", "true": return .record
        case "0", "false": return .leaveOut
        case "d": return .debug
        default: throw PropagationError(key: Self.sampled, reason: "'\(text.prefix(100))' is not 1 or 0")
        }
    }

    /// The context in the one header: `{trace}-{span}-{0|1|d}-{parent}`, the last two optional, or the decision alone.
    func contextOfOne() throws(PropagationError) -> JaegerSpanContext? {
        guard let single else { return nil }
        let parts = HeaderText.trimmed(single[...]).split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 1, let sampling = Self.decision(parts[0]) { return Self.decisionAlone(sampling) }
        guard (2...4).contains(parts.count) else {
            throw PropagationError(key: Self.single, reason: "'\(single.prefix(100))' is not trace-span-sampled-parent")
        }
        var sampling: CarriedSampling?
        if parts.count > 2 {
            sampling = Self.decision(parts[2])
            if sampling == nil {
                throw PropagationError(
                    key: Self.single,
                    reason: "'\(single.prefix(100))' has no 0, 1 or d at its third place"
                )
            }
        }
        return try Self.context(
            trace: parts[0],
            span: parts[1],
            parent: parts.count > 3 ? parts[3] : nil,
            sampling,
            key: Self.single
        )
    }

    private static func decision(_ text: Substring) -> CarriedSampling? {
        switch text {
        case "1": .record
        case "0": .leaveOut
        case "d": .debug
        default: nil
        }
    }

    private static func context(
        trace: Substring,
        span: Substring,
        parent: Substring?,
        _ sampling: CarriedSampling?,
        key: String
    ) throws(PropagationError) -> JaegerSpanContext {
        guard let ids = Hex.parseTraceID(trace.utf8), ids.high | ids.low != 0 else {
            throw PropagationError(key: key, reason: "'\(trace.prefix(100))' is no trace identifier of 16 or 32 digits")
        }
        guard let spanID = Hex.parse(span.utf8), spanID != 0 else {
            throw PropagationError(key: key, reason: "'\(span.prefix(100))' is no span identifier of 16 digits")
        }
        var context = JaegerSpanContext(
            traceIDHigh: ids.high,
            traceIDLow: ids.low,
            spanID: spanID,
            parentID: parent.flatMap { Hex.parse($0.utf8) } ?? 0,
            flags: sampling?.flags ?? []
        )
        // Who sends identifiers without a decision leaves it to whoever gets them.
        if sampling == nil { context.items = CarriedItems(baggage: [:], sampling: .undecided) }
        return context
    }

    /// A decision about the trace that the receiver begins.
    private static func decisionAlone(_ sampling: CarriedSampling) -> JaegerSpanContext {
        var context = JaegerSpanContext(traceIDLow: 0, spanID: 0)
        context.items = CarriedItems(baggage: [:], sampling: sampling)
        return context
    }
}
