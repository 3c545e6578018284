import TraceModel

// Jaeger's model as protobuf (api_v2, model.proto), which takes what `JaegerView` says.
extension JaegerView {
    /// Appends a `Span`, with its process in it: 1 trace_id, 2 span_id, 3 operation_name, 4 references, 5 flags,
    /// 6 start_time, 7 duration, 8 tags, 9 logs, 10 process, 12 warnings.
    func appendSpan(_ span: Int, to bytes: inout [UInt8]) {
        bytes.appendID(1, batch.spans.traceID(span))
        bytes.appendID(2, SpanID(batch.spans.spanIDs[span]))
        bytes.appendText(3, batch.strings.bytes(batch.spans.names[span]))
        forEachReference(of: span) { reference in
            bytes.appendMessage(4) { bytes in
                bytes.appendID(1, reference.traceID)
                bytes.appendID(2, reference.spanID)
                bytes.appendNumber(3, reference.kind == .childOf ? 0 : 1)
            }
        }
        bytes.appendNumber(5, UInt64(flags(of: span)))
        bytes.appendTime(6, nanoseconds: batch.spans.starts[span])
        bytes.appendTime(7, nanoseconds: UInt64(max(0, batch.spans.durations[span])))
        forEachTag(of: span) { tag, batch in bytes.appendTag(8, tag, of: batch) }
        for log in logs(of: span) {
            bytes.appendMessage(9) { bytes in
                bytes.appendTime(1, nanoseconds: batch.events.times[log])
                forEachField(ofLog: log, of: span) { tag, batch in bytes.appendTag(2, tag, of: batch) }
            }
        }
        let number = Int(processes.number(ofResource: batch.spans.resources[span]))
        bytes.appendMessage(10) { bytes in appendProcess(processes.list[number - 1], to: &bytes) }
        for warning in warnings(of: span) { bytes.appendText(12, warning) }
    }

    /// `Process`: 1 service_name, 2 tags.
    private func appendProcess(_ process: JaegerProcesses.Process, to bytes: inout [UInt8]) {
        switch process.service {
        case .stored(let ref): bytes.appendText(1, batch.strings.bytes(ref))
        case .word(let word): bytes.appendText(1, word)
        }
        for attribute in process.tags { bytes.appendTag(2, .stored(attribute), of: batch) }
    }
}

extension [UInt8] {
    /// Appends a `KeyValue`: 1 key, 2 v_type, 3 v_str, 4 v_bool, 5 v_int64, 6 v_float64, 7 v_binary.
    fileprivate mutating func appendTag(_ number: UInt32, _ tag: JaegerTag, of batch: SpanBatch) {
        appendMessage(number) { bytes in
            switch tag.key {
            case .stored(let ref): bytes.appendText(1, batch.strings.bytes(ref))
            case .word(let word): bytes.appendText(1, word)
            }
            switch tag.value {
            case .attribute(let type, let bits): bytes.appendValue(type, bits, of: batch)
            case .stored(let ref): bytes.appendValue(.string, UInt64(ref), of: batch)
            case .word(let word): bytes.appendText(3, word)
            case .bool(let flag): bytes.appendValue(.bool, flag ? 1 : 0, of: batch)
            }
        }
    }

    private mutating func appendValue(_ type: AttributeType, _ bits: UInt64, of batch: SpanBatch) {
        let ref = StringRef(truncatingIfNeeded: bits)
        switch type {
        case .empty: break
        case .string:
            if isUTF8(batch.strings.bytes(ref)) {
                appendText(3, batch.strings.bytes(ref))
            } else {
                appendNumber(2, 4)
                appendBytes(7, batch.strings.arena[batch.strings.range(ref)])
            }
        case .bool:
            appendNumber(2, 1)
            appendNumber(4, bits)
        case .int:
            appendNumber(2, 2)
            appendNumber(5, bits)
        case .double:
            appendNumber(2, 3)
            appendFixed64(6, bits)
        case .bytes:
            appendNumber(2, 4)
            appendBytes(7, batch.strings.arena[batch.strings.range(ref)])
        case .array, .map: appendText(3, batch.value(type, bits).jsonText)
        }
    }
}
