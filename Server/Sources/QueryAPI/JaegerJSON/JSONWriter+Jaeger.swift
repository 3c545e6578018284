import TraceModel

/// Jaeger's words for types and references, as its HTTP API writes them.
extension JSONWriter {
    /// `{"key":…,"type":…,"value":…}`.
    mutating func tag(_ tag: JaegerTag, of batch: SpanBatch) {
        beginObject()
        key("key")
        switch tag.key {
        case .stored(let ref): string(batch.strings.bytes(ref))
        case .word(let word): plainString(word)
        }
        key("type")
        switch tag.value {
        case .attribute(let type, let bits): typeAndValue(type, bits, of: batch)
        case .stored(let ref): typeAndValue(.string, UInt64(ref), of: batch)
        case .word(let word):
            plainString("string")
            key("value")
            plainString(word)
        case .bool(let flag): typeAndValue(.bool, flag ? 1 : 0, of: batch)
        }
        endObject()
    }

    private mutating func typeAndValue(_ type: AttributeType, _ bits: UInt64, of batch: SpanBatch) {
        switch type {
        case .empty:
            plainString("string")
            key("value")
            plainString("")
        case .string:
            let ref = StringRef(truncatingIfNeeded: bits)
            if isUTF8(batch.strings.bytes(ref)) {
                plainString("string")
                key("value")
                string(batch.strings.bytes(ref))
            } else {
                binary(ref, of: batch)
            }
        case .bytes: binary(StringRef(truncatingIfNeeded: bits), of: batch)
        case .bool:
            plainString("bool")
            key("value")
            bool(bits != 0)
        case .int:
            plainString("int64")
            key("value")
            integer(Int64(bitPattern: bits))
        case .double:
            plainString("float64")
            key("value")
            double(Double(bitPattern: bits))
        case .array, .map:
            plainString("string")
            key("value")
            string(batch.value(type, bits).jsonText)
        }
    }

    /// Beyond 53 bits, where JavaScript would round, as text.
    private mutating func integer(_ value: Int64) {
        if value.magnitude < 1 << 53 { int(value) } else { quotedInt(value) }
    }

    /// Base64; nothing at all is null, as Go writes an empty slice.
    private mutating func binary(_ ref: StringRef, of batch: SpanBatch) {
        plainString("binary")
        key("value")
        let range = batch.strings.range(ref)
        if range.isEmpty { null() } else { plainString(base64Text(batch.strings.arena[range])) }
    }

    /// `{"refType":…,"traceID":…,"spanID":…}`.
    mutating func reference(_ reference: JaegerReference) {
        beginObject()
        key("refType")
        plainString(reference.kind == .childOf ? "CHILD_OF" : "FOLLOWS_FROM")
        key("traceID")
        id(reference.traceID)
        key("spanID")
        id(reference.spanID)
        endObject()
    }
}
