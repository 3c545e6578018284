import TraceModel

extension OTLPJSONDecoder {
    /// Reads a `KeyValue`; nil, and counted, if it exceeds a bound.
    @_lifetime(self: copy self)
    mutating func keyValue() throws(JSONError) -> Attribute? {
        var attribute = Attribute(key: 0, type: .empty, value: 0)
        var isWhole = true
        if try !openObject() { return attribute }
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .key:
                if try reader.readNull() { continue }
                try reader.readString()
                if let key = builder.internKey(textOf: reader) {
                    attribute.key = key
                } else {
                    isWhole = false
                }
            case .value:
                if try !anyValue(into: &attribute) { isWhole = false }
            default: try reader.skipValue()
            }
        }
        return isWhole ? attribute : nil
    }

    /// Reads an `AnyValue`: of several members the last one counts.
    ///
    /// False, and counted, if it exceeds a bound.
    @_lifetime(self: copy self)
    private mutating func anyValue(into attribute: inout Attribute) throws(JSONError) -> Bool {
        attribute.type = .empty
        attribute.value = 0
        if try !openObject() { return true }
        var isWhole = true
        while try reader.nextName() {
            let name = OTLPName(reader.text)
            if name != .unknown, try reader.readNull() { continue }
            switch name {
            case .stringValue:
                try reader.readString()
                attribute.type = .string
                attribute.value = UInt64(builder.intern(textOf: reader))
            case .boolValue:
                attribute.type = .bool
                attribute.value = try reader.readBool() ? 1 : 0
            case .intValue:
                attribute.type = .int
                attribute.value = UInt64(bitPattern: try reader.readInt64())
            case .doubleValue:
                attribute.type = .double
                attribute.value = try reader.readDouble().bitPattern
            case .bytesValue:
                let bytes = try base64()
                attribute.type = .bytes
                if !setReference(&attribute, bytes) { isWhole = false }
            case .arrayValue, .mapValue:
                encoded.removeAll(keepingCapacity: true)
                isTooDeep = false
                try encodeList(name == .arrayValue ? .array : .map, depth: 0)
                attribute.type = name == .arrayValue ? .array : .map
                if isTooDeep {
                    builder.truncated(.depth)
                    isWhole = false
                } else if !setReference(&attribute, encoded) {
                    isWhole = false
                }
            default: try reader.skipValue()
            }
        }
        return isWhole
    }

    private mutating func setReference(_ attribute: inout Attribute, _ bytes: [UInt8]) -> Bool {
        guard let ref = builder.internValue(bytes.span.bytes) else { return false }
        attribute.value = UInt64(ref)
        return true
    }

    @_lifetime(self: copy self)
    private mutating func base64() throws(JSONError) -> [UInt8] {
        _ = try reader.peek()
        let begin = reader.offset
        try reader.readString()
        guard let bytes = base64Bytes(String(copying: reader.text)) else { throw JSONError("not base64", at: begin) }
        return bytes
    }
}

// Arrays and maps are kept as OTLP's protobuf encoding of an `AnyValue`. A length stands before what it counts, so it
// is put there once that is written.
extension OTLPJSONDecoder {
    /// Encodes a nested `AnyValue` onto `encoded`; what is deeper than the limit is passed over and noted.
    @_lifetime(self: copy self)
    private mutating func encodeValue(depth: Int) throws(JSONError) {
        if depth > AttributeValue.depthMax {
            isTooDeep = true
            return try reader.skipValue()
        }
        if try !openObject() { return }
        while try reader.nextName() {
            let name = OTLPName(reader.text)
            if name != .unknown, try reader.readNull() { continue }
            switch name {
            case .stringValue:
                try reader.readString()
                encoded.append(field: 1, textOf: reader)
            case .boolValue:
                encoded.append(protobufTag: 2, .varint)
                encoded.append(try reader.readBool() ? 1 : 0)
            case .intValue:
                encoded.append(protobufTag: 3, .varint)
                encoded.append(varint: UInt64(bitPattern: try reader.readInt64()))
            case .doubleValue:
                encoded.append(protobufTag: 4, .fixed64)
                encoded.append(littleEndian: try reader.readDouble().bitPattern)
            case .bytesValue:
                let bytes = try base64()
                encoded.append(protobufTag: 7, .delimited)
                encoded.append(varint: UInt64(bytes.count))
                encoded.append(contentsOf: bytes)
            case .arrayValue: try encodeList(.array, depth: depth)
            case .mapValue: try encodeList(.map, depth: depth)
            default: try reader.skipValue()
            }
        }
    }

    /// Encodes the `ArrayValue` or `KeyValueList` that is next, as that field of the `AnyValue` around it.
    @_lifetime(self: copy self)
    private mutating func encodeList(_ type: AttributeType, depth: Int) throws(JSONError) {
        // The types are numbered as the fields are.
        encoded.append(protobufTag: UInt32(type.rawValue), .delimited)
        let begin = encoded.count
        try reader.open(.object)
        while try reader.nextName() {
            guard OTLPName(reader.text) == .values else {
                try reader.skipValue()
                continue
            }
            if try !openList() { continue }
            while try reader.nextElement() {
                encoded.append(protobufTag: 1, .delimited)
                let item = encoded.count
                if type == .array { try encodeValue(depth: depth + 1) } else { try encodeEntry(depth: depth + 1) }
                encoded.insertLength(at: item)
            }
        }
        encoded.insertLength(at: begin)
    }

    @_lifetime(self: copy self)
    private mutating func encodeEntry(depth: Int) throws(JSONError) {
        if try !openObject() { return }
        var value: Range<Int>?
        while try reader.nextName() {
            switch OTLPName(reader.text) {
            case .key:
                if try reader.readNull() { continue }
                try reader.readString()
                let begin = encoded.count
                if reader.text.byteCount > 0 { encoded.append(field: 1, textOf: reader) }
                // The key goes before the value, whichever way round they came.
                if let found = value { encoded.moveToEnd(found, until: begin) }
            case .value:
                if try reader.readNull() { continue }
                let begin = encoded.count
                encoded.append(protobufTag: 2, .delimited)
                let content = encoded.count
                try encodeValue(depth: depth)
                encoded.insertLength(at: content)
                value = begin..<encoded.count
            default: try reader.skipValue()
            }
        }
    }
}

extension [UInt8] {
    /// Appends the last string as a protobuf field.
    fileprivate mutating func append(field: UInt32, textOf reader: borrowing JSONReader) {
        append(protobufTag: field, .delimited)
        append(varint: UInt64(reader.text.byteCount))
        append(copying: reader.text)
    }

    /// Puts the count of all bytes from `begin` on before them, as a varint.
    fileprivate mutating func insertLength(at begin: Int) {
        var length: [UInt8] = []
        length.append(varint: UInt64(count - begin))
        insert(contentsOf: length, at: begin)
    }

    /// Moves a part that ends at `end` behind all that follows it.
    fileprivate mutating func moveToEnd(_ part: Range<Int>, until end: Int) {
        let moved = Array(self[part])
        removeSubrange(part)
        append(contentsOf: moved)
    }
}
