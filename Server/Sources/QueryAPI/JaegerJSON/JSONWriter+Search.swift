import SpanStorage
import TraceModel

/// What an answer tells of a search beside its traces.
struct SearchReport: Sendable {
    /// What the store says.
    var outcome: SearchOutcome
    /// By which spans each trace matches, if that was asked.
    var matches: [TraceMatch]?

    /// The spans by which one trace matches.
    struct TraceMatch: Sendable {
        var id: TraceID
        var spansets: [[SpanID]]
    }
}

extension JSONWriter {
    /// The fields of the envelope that Jaeger does not have.
    mutating func report(_ report: SearchReport) {
        let outcome = report.outcome
        key("totalIsExact")
        bool(outcome.total.isExact)
        key("truncated")
        bool(outcome.next != nil)
        key("next")
        if let next = outcome.next { plainString(next.text) } else { null() }
        key("partial")
        if let partial = outcome.partial { self.partial(partial) } else { null() }
        key("scanned")
        beginObject()
        key("spans")
        int(outcome.scannedSpans)
        key("bytes")
        int(outcome.readBytes)
        endObject()
        guard let matches = report.matches else { return }
        key("matches")
        beginArray()
        for match in matches {
            beginObject()
            key("traceID")
            id(match.id)
            key("spanSets")
            beginArray()
            for spans in match.spansets {
                beginArray()
                for span in spans { id(span) }
                endArray()
            }
            endArray()
            endObject()
        }
        endArray()
    }

    /// Why an answer is not all of it.
    mutating func partial(_ partial: PartialAnswer) {
        beginObject()
        key("reason")
        plainString(partial.reason.name)
        key("message")
        string(partial.description)
        key("completeDownTo")
        if let time = partial.completeDownTo { int(time / 1000) } else { null() }
        endObject()
    }

    /// A trace summed up, as api_v3 of Jaeger has it, and at the end what `more` adds.
    mutating func summary(_ summary: TraceSummary, more: (inout JSONWriter) -> Void = { _ in }) {
        beginObject()
        key("traceId")
        plainString(summary.id.hex32)
        key("rootServiceName")
        string(summary.root?.service ?? "")
        key("rootOperationName")
        string(summary.root?.name ?? "")
        key("minStartTimeUnixNano")
        quotedInt(summary.measure.start)
        key("maxEndTimeUnixNano")
        quotedInt(summary.measure.end)
        key("spanCount")
        int(summary.measure.spans)
        key("errorSpanCount")
        int(summary.measure.errors)
        key("services")
        beginArray()
        for service in summary.services {
            beginObject()
            key("name")
            string(service.name)
            key("spanCount")
            int(service.spans)
            key("errorSpanCount")
            int(service.errors)
            endObject()
        }
        endArray()
        more(&self)
        endObject()
    }
}

extension PartialAnswer.Reason {
    /// How the reason is named in answers.
    fileprivate var name: String {
        switch self {
        case .time: "time"
        case .scannedSpans: "scanned-spans"
        case .heldBytes: "memory"
        case .cancelled: "cancelled"
        case .damaged: "damaged"
        }
    }
}
