import TraceModel

extension OTLPProtobufDecoder {
    /// Reads a `KeyValue`; nil, and counted, if it exceeds a bound.
    @inline(__always)
    mutating func keyValue(_ reader: inout ByteReader) throws(ByteError) -> Attribute? {
        var attribute = Attribute(key: 0, type: .empty, value: 0)
        var isWhole = true
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                if let key = builder.internKey(try reader.delimited()) {
                    attribute.key = key
                } else {
                    isWhole = false
                }
            case (2, .delimited):
                var value = try reader.message()
                if try !anyValue(&value, into: &attribute) { isWhole = false }
            default: try reader.skip(tag.type)
            }
        }
        return isWhole ? attribute : nil
    }

    /// Reads an `AnyValue`: of several fields the last one counts.
    ///
    /// False, and counted, if it exceeds a bound.
    @inline(__always)
    private mutating func anyValue(_ reader: inout ByteReader, into attribute: inout Attribute) throws(ByteError)
        -> Bool
    {
        attribute.type = .empty
        attribute.value = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (1, .delimited):
                attribute.type = .string
                attribute.value = UInt64(builder.intern(try reader.delimited()))
            case (2, .varint):
                attribute.type = .bool
                attribute.value = try reader.varint() != 0 ? 1 : 0
            case (3, .varint):
                attribute.type = .int
                attribute.value = try reader.varint()
            case (4, .fixed64):
                attribute.type = .double
                attribute.value = try reader.littleEndian()
            case (5, .delimited), (6, .delimited), (7, .delimited):
                reader.offset = 0
                return try largeValue(&reader, into: &attribute)
            default: try reader.skip(tag.type)
            }
        }
        return true
    }

    /// Reads an `AnyValue` that has an array, a map or bytes among its fields.
    @inline(never)
    private mutating func largeValue(_ reader: inout ByteReader, into attribute: inout Attribute) throws(ByteError)
        -> Bool
    {
        do {
            try reader.checkAnyValue(depth: 0)
        } catch {
            guard case .tooDeep = error.kind else { throw error }
            builder.truncated(.depth)
            return false
        }
        // The bytes are kept as they came, so that they go out as they came.
        let whole = reader.bytes
        reader.offset = 0
        while let tag = try reader.tag() {
            switch (tag.number, tag.type) {
            case (5, .delimited), (6, .delimited):
                _ = try reader.delimited()
                guard let ref = builder.internValue(whole) else { return false }
                attribute.type = tag.number == 5 ? .array : .map
                attribute.value = UInt64(ref)
            case (7, .delimited):
                guard let ref = builder.internValue(try reader.delimited()) else { return false }
                attribute.type = .bytes
                attribute.value = UInt64(ref)
            case (1, .delimited):
                attribute.type = .string
                attribute.value = UInt64(builder.intern(try reader.delimited()))
            case (2, .varint):
                attribute.type = .bool
                attribute.value = try reader.varint() != 0 ? 1 : 0
            case (3, .varint):
                attribute.type = .int
                attribute.value = try reader.varint()
            case (4, .fixed64):
                attribute.type = .double
                attribute.value = try reader.littleEndian()
            default: try reader.skip(tag.type)
            }
        }
        return true
    }
}

extension ByteReader {
    /// Passes over an `AnyValue` to its end: throws where `AttributeValue.decode` would, and makes nothing.
    mutating func checkAnyValue(depth: Int) throws(ByteError) {
        let limit = AttributeValue.depthMax
        if depth > limit { throw ByteError(.tooDeep(limit: limit), offset: origin + offset) }
        while let tag = try tag() {
            switch (tag.number, tag.type) {
            case (5, .delimited):
                var list = try message()
                while let item = try list.tag() {
                    if item.number == 1, item.type == .delimited {
                        var value = try list.message()
                        try value.checkAnyValue(depth: depth + 1)
                    } else {
                        try list.skip(item.type)
                    }
                }
            case (6, .delimited):
                var list = try message()
                while let item = try list.tag() {
                    if item.number == 1, item.type == .delimited {
                        var entry = try list.message()
                        try entry.checkEntry(depth: depth + 1)
                    } else {
                        try list.skip(item.type)
                    }
                }
            default: try skip(tag.type)
            }
        }
    }

    private mutating func checkEntry(depth: Int) throws(ByteError) {
        while let field = try tag() {
            if field.number == 2, field.type == .delimited {
                var value = try message()
                try value.checkAnyValue(depth: depth)
            } else {
                try skip(field.type)
            }
        }
    }
}
