import TraceModel

/// The parts of a trace in Jaeger's JSON, in the order of its fields.
extension JSONWriter {
    /// The trace up to its first span.
    mutating func beginTrace(_ view: JaegerView) {
        beginObject()
        key("traceID")
        if view.batch.isEmpty { null() } else { id(view.batch.spans.traceID(0)) }
        key("spans")
        beginArray()
    }

    /// The trace from its last span on.
    mutating func endTrace(_ view: JaegerView) {
        endArray()
        key("processes")
        beginObject()
        for (index, process) in view.processes.list.enumerated() {
            key("p\(index + 1)")
            self.process(process, of: view.batch)
        }
        endObject()
        key("warnings")
        null()
        endObject()
    }

    /// One span.
    mutating func span(_ span: Int, of view: JaegerView) {
        beginObject()
        key("traceID")
        id(view.batch.spans.traceID(span))
        key("spanID")
        id(SpanID(view.batch.spans.spanIDs[span]))
        let flags = view.flags(of: span)
        if flags != 0 {
            key("flags")
            int(flags)
        }
        key("operationName")
        string(view.batch.strings.bytes(view.batch.spans.names[span]))
        key("references")
        beginArray()
        view.forEachReference(of: span) { self.reference($0) }
        endArray()
        key("startTime")
        int(view.startMicroseconds(of: span))
        key("duration")
        int(view.durationMicroseconds(of: span))
        key("tags")
        beginArray()
        view.forEachTag(of: span) { self.tag($0, of: $1) }
        endArray()
        logs(of: span, view)
        key("processID")
        plainString("p\(view.processes.number(ofResource: view.batch.spans.resources[span]))")
        key("warnings")
        let warnings = view.warnings(of: span)
        if warnings.isEmpty {
            null()
        } else {
            beginArray()
            for warning in warnings { string(warning) }
            endArray()
        }
        endObject()
    }

    private mutating func logs(of span: Int, _ view: JaegerView) {
        key("logs")
        beginArray()
        for log in view.logs(of: span) {
            beginObject()
            key("timestamp")
            int(view.timestampMicroseconds(ofLog: log))
            key("fields")
            beginArray()
            view.forEachField(ofLog: log, of: span) { self.tag($0, of: $1) }
            endArray()
            endObject()
        }
        endArray()
    }

    /// A process.
    mutating func process(_ process: JaegerProcesses.Process, of batch: SpanBatch) {
        beginObject()
        key("serviceName")
        switch process.service {
        case .stored(let ref): string(batch.strings.bytes(ref))
        case .word(let word): plainString(word)
        }
        key("tags")
        beginArray()
        for attribute in process.tags { tag(.stored(attribute), of: batch) }
        endArray()
        endObject()
    }
}
