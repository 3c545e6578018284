import TraceAnalysis
import TraceModel

/// A trace as Jaeger's model has it: tags, logs, references and processes instead of OTLP's attributes, events, links
/// and resources.
///
/// What Jaeger's clients sent goes out as they sent it. For OTLP and Zipkin the view makes the tags that Jaeger makes
/// of a span's kind, status, scope and parent. It only says what belongs in an answer; the writers of JSON ask it.
struct JaegerView: Sendable {
    /// The spans, all of one trace.
    let batch: SpanBatch
    /// The distinct processes.
    var processes: JaegerProcesses
    /// Whether to leave out what the view would set right (Jaeger's `raw=true`).
    let isRaw: Bool
    /// What was set right before, by span.
    let notes: TraceAdjuster.Notes
    // The refs of the keys that the view looks for; nil if the trace has no such string.
    let eventKey: StringRef?
    let refTypeKey: StringRef?
    let childOfText: StringRef?

    /// A view of a trace; what `adjuster` changes in it is marked, and nothing is changed in the raw view.
    init(_ stored: SpanBatch, isRaw: Bool, adjuster: TraceAdjuster? = nil) {
        var batch = stored
        let notes = isRaw ? TraceAdjuster.Notes() : adjuster?.adjust(&batch) ?? TraceAdjuster.Notes()
        self.init(TracePages.Page(spans: batch, notes: notes), isRaw: isRaw)
    }

    /// A view of a part of a trace in which has been set right what is to be.
    init(_ page: TracePages.Page, isRaw: Bool) {
        batch = page.spans
        notes = page.notes
        self.isRaw = isRaw
        processes = JaegerProcesses(of: batch)
        eventKey = batch.strings.ref(of: "event")
        refTypeKey = batch.strings.ref(of: "opentracing.ref_type")
        childOfText = batch.strings.ref(of: "child_of")
    }

    /// How the spans came in that a resource has.
    func format(of span: Int) -> SpanFormat {
        let resource = Int(batch.spans.resources[span])
        return resource < batch.resources.count ? batch.resources[resource].format : .otlp
    }

    /// When a span began: microseconds since 1970.
    func startMicroseconds(of span: Int) -> UInt64 {
        batch.spans.starts[span] / 1000
    }

    /// How long a span took in microseconds.
    ///
    /// Less than zero only in the raw view: clients read it as unsigned.
    func durationMicroseconds(of span: Int) -> Int64 {
        let duration = batch.spans.durations[span] / 1000
        return isRaw ? duration : max(0, duration)
    }

    /// Jaeger's flags; 0 for spans of other protocols, whose flags mean something else.
    func flags(of span: Int) -> UInt32 {
        format(of: span) == .jaeger ? batch.spans.flags[span] : 0
    }

    /// What was set right in a span, in words.
    func warnings(of span: Int) -> [String] {
        let duration = batch.spans.durations[span]
        if isRaw { return [] }
        let texts = notes.texts[span] ?? []
        if duration >= 0 { return texts }
        return texts + ["the span ends \(duration.magnitude) ns before it starts; its duration is shown as 0"]
    }
}

extension StringTable {
    /// The ref of a text if it is in the table.
    func ref(of text: String) -> StringRef? {
        let copy = Array(text.utf8)
        return firstRef(of: copy.span.bytes)
    }
}
