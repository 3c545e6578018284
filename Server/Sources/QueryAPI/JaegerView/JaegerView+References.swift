import TraceModel

extension JaegerView {
    /// Calls `body` with each reference of a span, in order; the parent is among them.
    func forEachReference(of span: Int, _ body: (JaegerReference) -> Void) {
        if format(of: span) == .jaeger {
            referencesAsSent(of: span, body)
        } else {
            parentAndLinks(of: span, body)
        }
    }

    /// Jaeger: what the client sent, and in front the parent if it sent that only as a field.
    private func referencesAsSent(of span: Int, _ body: (JaegerReference) -> Void) {
        let trace = batch.spans.traceID(span)
        let parent = batch.spans.parentSpanIDs[span]
        let range = batch.links.range(span)
        if parent != 0 {
            var isSent = false
            for link in range where isLink(link, to: parent, in: trace) { isSent = true }
            if !isSent { body(JaegerReference(kind: .childOf, traceID: trace, spanID: SpanID(parent))) }
        }
        for link in range {
            let kind: JaegerReference.Kind = batch.links.kinds[link] == .childOf ? .childOf : .followsFrom
            body(reference(link, kind))
        }
    }

    /// OTLP, Zipkin: the parent first, then the links.
    ///
    /// A link to the parent says what the parent is to the span.
    private func parentAndLinks(of span: Int, _ body: (JaegerReference) -> Void) {
        let trace = batch.spans.traceID(span)
        let parent = batch.spans.parentSpanIDs[span]
        let range = batch.links.range(span)
        if parent != 0 {
            var kind = JaegerReference.Kind.childOf
            for link in range where isLink(link, to: parent, in: trace) { kind = self.kind(ofLink: link) }
            body(JaegerReference(kind: kind, traceID: trace, spanID: SpanID(parent)))
        }
        for link in range where parent == 0 || !isLink(link, to: parent, in: trace) {
            body(reference(link, kind(ofLink: link)))
        }
    }

    private func isLink(_ link: Int, to span: UInt64, in trace: TraceID) -> Bool {
        batch.links.spanIDs[link] == span && batch.links.traceIDLow[link] == trace.low
            && batch.links.traceIDHigh[link] == trace.high
    }

    private func reference(_ link: Int, _ kind: JaegerReference.Kind) -> JaegerReference {
        JaegerReference(
            kind: kind,
            traceID: TraceID(high: batch.links.traceIDHigh[link], low: batch.links.traceIDLow[link]),
            spanID: SpanID(batch.links.spanIDs[link])
        )
    }

    /// FOLLOWS_FROM, unless the attribute by which OpenTracing's bridges keep the kind says CHILD_OF.
    private func kind(ofLink link: Int) -> JaegerReference.Kind {
        switch batch.links.kinds[link] {
        case .childOf: return .childOf
        case .followsFrom: return .followsFrom
        case .link: break
        }
        guard let refTypeKey, let childOfText else { return .followsFrom }
        let attributes = batch.links.attributes
        for index in attributes.range(link) where attributes.keys[index] == refTypeKey {
            if attributes.types[index] == .string, attributes.values[index] == UInt64(childOfText) { return .childOf }
        }
        return .followsFrom
    }
}
