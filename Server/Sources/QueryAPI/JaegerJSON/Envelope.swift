import TraceModel

/// One entry of an answer's `errors`.
struct EnvelopeError: Sendable, Equatable {
    /// The HTTP status when the whole request failed.
    var code: Int?
    /// What was wrong.
    var message: String
    /// The trace that is missing, if it is about one.
    var traceID: TraceID?
}

/// What stands around the data in every answer of Jaeger's HTTP API.
extension JSONWriter {
    /// Up to the data, which come next.
    mutating func beginEnvelope() {
        beginObject()
        key("data")
    }

    /// From the data on.
    ///
    /// `total` counts services and operations; of traces it is 0 as in Jaeger, unless there is a report.
    /// Where there are no errors they are null, or a list if `isListWhenEmpty`.
    mutating func endEnvelope(
        total: Int,
        errors: [EnvelopeError] = [],
        report: SearchReport? = nil,
        isListWhenEmpty: Bool = false
    ) {
        key("total")
        int(total)
        key("limit")
        int(0)
        key("offset")
        int(0)
        key("errors")
        if errors.isEmpty, !isListWhenEmpty {
            null()
        } else {
            beginArray()
            for error in errors { self.error(error) }
            endArray()
        }
        if let report { self.report(report) }
        endObject()
    }

    private mutating func error(_ error: EnvelopeError) {
        beginObject()
        if let code = error.code {
            key("code")
            int(code)
        }
        key("msg")
        string(error.message)
        if let traceID = error.traceID {
            key("traceID")
            id(traceID)
        }
        endObject()
    }
}
