import TraceModel

extension JaegerView {
    /// The logs of a span, as places in the batch's events.
    func logs(of span: Int) -> Range<Int> {
        batch.events.range(span)
    }

    /// When a log was written: microseconds since 1970.
    func timestampMicroseconds(ofLog log: Int) -> UInt64 {
        batch.events.times[log] / 1000
    }

    /// Calls `body` with each field of a log of `span`, in order, and with the batch.
    ///
    /// An event's name is the field `event`, unless it has such an attribute. Of Jaeger's logs the name was that field.
    func forEachField(ofLog log: Int, of span: Int, _ body: (JaegerTag, SpanBatch) -> Void) {
        let attributes = batch.events.attributes
        let range = attributes.range(log)
        let name = batch.events.names[log]
        if name != 0, format(of: span) != .jaeger {
            var hasEvent = false
            if let eventKey {
                for index in range where attributes.keys[index] == eventKey { hasEvent = true }
            }
            if !hasEvent { body(JaegerTag(key: .word("event"), value: .stored(name)), batch) }
        }
        for index in range {
            body(.stored(attributes[index]), batch)
        }
    }
}
