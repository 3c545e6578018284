import TraceModel

/// What the summary of a trace tells of an expression.
public enum TraceVerdict: Sendable, Equatable {
    /// A trace that has a span which satisfies the `candidateFilter` matches.
    case matches
    /// The trace does not match.
    case matchesNot
    /// It takes the trace's spans to tell.
    case open
}

extension SpansetExpression {
    /// Whether conditions on the trace occur in it.
    public var asksTrace: Bool {
        switch self {
        case .filter(let filter): filter.asksTrace
        case .all(let parts), .any(let parts): parts.contains { $0.asksTrace }
        case .related(let left, _, let right): left.asksTrace || right.asksTrace
        case .pipeline(let input, _): input.asksTrace
        }
    }

    /// What a trace's summary tells of whether the trace matches.
    public func verdict(_ summary: TraceSummary) -> TraceVerdict {
        if cannotMatch(summary) { return .matchesNot }
        return isDecided(by: summary) ? .matches : .open
    }

    /// Whether no span of the trace can be in a set of the answer.
    private func cannotMatch(_ summary: TraceSummary) -> Bool {
        switch self {
        case .filter(let filter): filter.decided(by: summary) == .nothing
        case .all(let parts): parts.contains { $0.cannotMatch(summary) }
        case .any(let parts): parts.allSatisfy { $0.cannotMatch(summary) }
        case .related(let left, let relation, let right):
            right.cannotMatch(summary) || (relation.form != .rightWithout && left.cannotMatch(summary))
        case .pipeline(let input, _): input.cannotMatch(summary)
        }
    }

    /// Whether nothing is left to ask beyond the candidate filter.
    private func isDecided(by summary: TraceSummary) -> Bool {
        switch self {
        case .filter(let filter): filter.decided(by: summary) == filter.withoutTrace
        case .any(let parts): parts.allSatisfy { $0.isDecided(by: summary) }
        case .all, .related, .pipeline: false
        }
    }
}

extension SpanFilter {
    /// The filter for the spans of one trace, whose summary decides what is asked of the trace.
    func decided(by summary: TraceSummary) -> SpanFilter {
        switch self {
        case .and(let parts): return .all(parts.map { $0.decided(by: summary) })
        case .or(let parts): return .any(parts.map { $0.decided(by: summary) })
        case .not(let part) where part != .everything: return .negation(part.decided(by: summary))
        case .field(let condition):
            guard case .intrinsic(let intrinsic) = condition.field, intrinsic.isOfTrace,
                let holds = intrinsic.satisfies(condition.test, summary)
            else { return self }
            return holds ? .everything : .nothing
        default: return self
        }
    }
}

extension Intrinsic {
    /// Whether what a trace has of the field satisfies a test; nil if the summary does not tell.
    fileprivate func satisfies(_ test: FieldTest, _ summary: TraceSummary) -> Bool? {
        var test = ValueTest(test)
        let text: String
        switch self {
        case .traceDuration: return test.accepts(int: summary.measure.duration)
        case .traceSpanCount: return test.accepts(int: Int64(summary.measure.spans))
        case .rootName:
            guard let root = summary.root else { return false }
            text = root.name
        case .rootServiceName:
            guard let root = summary.root else { return false }
            text = root.service
        default: return nil
        }
        // It may stand for bytes that are no text: conditions compare the bytes.
        if text.unicodeScalars.contains("\u{FFFD}") { return nil }
        let bytes = Array(text.utf8)
        return test.accepts(string: bytes.span.bytes)
    }
}
