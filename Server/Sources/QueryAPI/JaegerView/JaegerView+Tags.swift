import TraceModel

extension JaegerView {
    /// Calls `body` with each tag of a span, in order, and with the batch, which a closure that captured it would copy.
    func forEachTag(of span: Int, _ body: (JaegerTag, SpanBatch) -> Void) {
        let isJaeger = format(of: span) == .jaeger
        if !isJaeger { scopeTags(of: span, body) }
        let attributes = batch.spanAttributes
        for index in attributes.range(span) {
            body(.stored(attributes[index]), batch)
        }
        // Jaeger's clients send these as tags themselves.
        if !isJaeger { fieldTags(of: span, body) }
    }

    private func scopeTags(of span: Int, _ body: (JaegerTag, SpanBatch) -> Void) {
        let number = Int(batch.spans.scopes[span])
        guard number < batch.scopes.count else { return }
        let name = batch.scopes[number].name
        let version = batch.scopes[number].version
        if name != 0 { body(JaegerTag(key: .word("otel.scope.name"), value: .stored(name)), batch) }
        if version != 0 { body(JaegerTag(key: .word("otel.scope.version"), value: .stored(version)), batch) }
    }

    private func fieldTags(of span: Int, _ body: (JaegerTag, SpanBatch) -> Void) {
        let kind = batch.spans.kinds[span]
        if kind != .unspecified { body(JaegerTag(key: .word("span.kind"), value: .word(kind.tagValue)), batch) }
        switch batch.spans.statuses[span] {
        case .unset: break
        case .ok: body(JaegerTag(key: .word("otel.status_code"), value: .word("OK")), batch)
        case .error:
            body(JaegerTag(key: .word("otel.status_code"), value: .word("ERROR")), batch)
            body(JaegerTag(key: .word("error"), value: .bool(true)), batch)
        }
        let message = batch.spans.statusMessages[span]
        if message != 0 { body(JaegerTag(key: .word("otel.status_description"), value: .stored(message)), batch) }
        let state = batch.spans.traceStates[span]
        if state != 0 { body(JaegerTag(key: .word("w3c.tracestate"), value: .stored(state)), batch) }
    }
}

extension JaegerTag {
    /// An attribute as it was sent.
    static func stored(_ attribute: Attribute) -> JaegerTag {
        JaegerTag(key: .stored(attribute.key), value: .attribute(attribute.type, attribute.value))
    }
}
