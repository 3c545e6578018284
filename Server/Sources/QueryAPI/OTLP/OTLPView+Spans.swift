import TraceModel

extension OTLPView {
    /// Calls `body` with each attribute of a resource, in order, and with the batch.
    ///
    /// The service's name is the first if the resource has no such attribute, as with Jaeger's and Zipkin's clients.
    func forEachAttribute(ofResource resource: Int, _ body: (_ key: AttributeName, Attribute, SpanBatch) -> Void) {
        let content = batch.resources[resource]
        let hasName = content.attributes.contains { batch.strings.bytes($0.key).isText("service.name") }
        if !hasName, content.service != 0 {
            let attribute = Attribute(key: 0, type: .string, value: UInt64(content.service))
            body(.word("service.name"), attribute, batch)
        }
        for attribute in content.attributes { body(.stored(attribute.key), attribute, batch) }
    }

    /// The key of an attribute.
    enum AttributeName {
        case stored(StringRef)
        case word(String)
    }

    /// Calls `body` with each attribute of a span that is not one of its fields, in order, and with the batch.
    func forEachAttribute(of row: Int, _ body: (Attribute, SpanBatch) -> Void) {
        let isJaeger = isJaeger(row)
        for index in batch.spanAttributes.range(row) {
            let attribute = batch.spanAttributes[index]
            if isJaeger, isField(attribute, of: row) { continue }
            body(attribute, batch)
        }
        if let warning = warnings[row] { body(warning, batch) }
    }

    /// Whether a tag of Jaeger's is one of the span's fields.
    private func isField(_ tag: Attribute, of row: Int) -> Bool {
        let isString = tag.type == .string
        switch tag.key {
        case words.spanKind:
            let word = batch.spans.kinds[row].tagValue
            return isString && !word.isEmpty && text(tag).isText(word)
        case words.error:
            let isTrue = tag.type == .bool ? tag.value != 0 : isString && text(tag).isText("true")
            return isTrue && batch.spans.statuses[row] == .error
        case words.statusCode:
            switch batch.spans.statuses[row] {
            case .error: return isString && text(tag).isText("ERROR")
            case .ok: return isString && text(tag).isText("OK")
            case .unset: return false
            }
        case words.statusDescription, words.scopeName, words.scopeVersion, words.traceState: return isString
        default: return false
        }
    }

    @_lifetime(borrow self)
    private func text(_ tag: Attribute) -> RawSpan { batch.strings.bytes(StringRef(truncatingIfNeeded: tag.value)) }

    /// What the client said of a span's status.
    func statusMessage(of row: Int) -> StringRef {
        let own = batch.spans.statusMessages[row]
        return own == 0 && isJaeger(row) ? words.tag(words.statusDescription, of: row, in: batch) : own
    }

    /// The W3C `tracestate` of a span.
    func traceState(of row: Int) -> StringRef {
        let own = batch.spans.traceStates[row]
        return own == 0 && isJaeger(row) ? words.tag(words.traceState, of: row, in: batch) : own
    }

    /// OTLP's flags; 0 for Jaeger's spans, whose flags mean something else.
    func flags(of row: Int) -> UInt32 { isJaeger(row) ? 0 : batch.spans.flags[row] }

    /// Calls `body` with each attribute of an event of a span, and with the batch.
    ///
    /// Of Jaeger's logs the field `event` is the name.
    func forEachAttribute(ofEvent event: Int, of row: Int, _ body: (Attribute, SpanBatch) -> Void) {
        let attributes = batch.events.attributes
        let name = batch.events.names[event]
        var mustSkip = name != 0 && isJaeger(row)
        for index in attributes.range(event) {
            let attribute = attributes[index]
            if mustSkip, attribute.key == words.event, attribute.type == .string, attribute.value == UInt64(name) {
                mustSkip = false
                continue
            }
            body(attribute, batch)
        }
    }

    /// The links of a span, as places in the batch's links: of Jaeger's references those that do not name the parent.
    func links(of row: Int) -> [Int] {
        let range = batch.links.range(row)
        guard isJaeger(row) else { return Array(range) }
        let parent = batch.spans.parentSpanIDs[row]
        return range.filter { link in
            batch.links.kinds[link] != .childOf || batch.links.spanIDs[link] != parent
                || batch.links.traceIDLow[link] != batch.spans.traceIDLow[row]
                || batch.links.traceIDHigh[link] != batch.spans.traceIDHigh[row]
        }
    }

    /// What Jaeger calls a link, by the attribute in which OTLP keeps it; nil for OTLP's own links.
    func referenceType(ofLink link: Int) -> String? {
        switch batch.links.kinds[link] {
        case .link: nil
        case .childOf: "child_of"
        case .followsFrom: "follows_from"
        }
    }
}

extension RawSpan {
    /// Whether the bytes are those of a text.
    func isText(_ text: String) -> Bool {
        guard byteCount == text.utf8.count else { return false }
        for (offset, byte) in text.utf8.enumerated()
        where unsafeLoad(fromByteOffset: offset, as: UInt8.self) != byte { return false }
        return true
    }
}
