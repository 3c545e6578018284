import TraceModel

extension SpanBatch {
    /// Everything that is known of a span, as text without the batch's own numbering: equal texts are equal spans.
    func describe(_ span: Int) -> String {
        let row = spans[span]
        var text = "\(row.traceID)/\(row.spanID)<\(row.parentSpanID) \(strings.text(row.name))"
        text += " \(row.startNanoseconds)+\(row.durationNanoseconds) \(row.kind) \(row.status)"
        text += " '\(strings.text(row.statusMessage))' '\(strings.text(row.traceState))' \(row.flags)"
        text += " dropped \(row.droppedAttributes),\(row.droppedEvents),\(row.droppedLinks)"
        let resource = resource(of: span)
        text += " resource \(strings.text(resource.service)) \(resource.format) \(strings.text(resource.schemaURL))"
        text += " \(resource.droppedAttributes) \(describe(resource.attributes))"
        if let scope = scope(of: span) {
            text += " scope \(strings.text(scope.name)) \(strings.text(scope.version)) \(describe(scope.attributes))"
        }
        text += " \(describe(spanAttributes.range(span).map { spanAttributes[$0] }))"
        for event in events.range(span) {
            text += " event \(events.times[event]) \(strings.text(events.names[event]))"
            text += " \(events.droppedAttributes[event])"
            text += " \(describe(events.attributes.range(event).map { events.attributes[$0] }))"
        }
        for index in links.range(span) {
            let link = links[index]
            text += " link \(link.kind) \(link.traceID)/\(link.spanID) \(strings.text(link.traceState)) \(link.flags)"
            text += " \(describe(links.attributes.range(index).map { links.attributes[$0] }))"
        }
        return text
    }

    private func describe(_ attributes: [Attribute]) -> String {
        "[" + attributes.map { "\(strings.text($0.key))=\(value($0))" }.joined(separator: ";") + "]"
    }

    /// The descriptions of all spans, sorted.
    var descriptions: [String] { (0..<count).map { describe($0) }.sorted() }
}
