/// Reads a JSON text (RFC 8259) front to back, straight from the bytes, without making anything of it.
///
/// An object is read by `open(.object)` and then, while `nextName()` is true, one value each; a list by `open(.list)`
/// and `nextElement()`. Strings are bytes: what is not UTF-8 is left as it is.
struct JSONReader: ~Escapable {
    /// What opens with a bracket and closes with another.
    enum Container: UInt8 {
        case object = 0x7B
        case list = 0x5B

        /// The closing bracket.
        @inline(__always)
        var close: UInt8 { rawValue + 2 }
    }

    /// The whole text.
    let bytes: RawSpan
    /// Offset of the next byte.
    var offset = 0
    private var depth = 0
    // Whether the last thing read was an opening bracket, after which no comma stands.
    private var isFresh = false
    // The last string: a part of `bytes`, or `unescaped` if it had escapes.
    var textRange = 0..<0
    var textIsUnescaped = false
    var unescaped: [UInt8] = []

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The bytes of the last name or string.
    var text: RawSpan {
        @_lifetime(borrow self)
        get { textIsUnescaped ? unescaped.span.bytes : bytes.extracting(textRange) }
    }

    /// The next byte that is not white space, which stays unread.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func peek() throws(JSONError) -> UInt8 {
        while offset < bytes.byteCount {
            let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw JSONError("a control character where a value should be", at: offset)
            }
            offset += 1
        }
        throw JSONError(
            bytes.byteCount == 0 ? "the body is empty, JSON was expected" : "the JSON ends too early",
            at: offset
        )
    }

    /// Reads the opening bracket.
    @_lifetime(self: copy self)
    mutating func open(_ container: Container) throws(JSONError) {
        guard try peek() == container.rawValue else {
            throw JSONError("\(container == .object ? "an object" : "a list") was expected", at: offset)
        }
        guard depth < ReceiverLimits.jsonDepthMax else {
            throw JSONError("nested deeper than \(ReceiverLimits.jsonDepthMax)", at: offset)
        }
        offset += 1
        depth += 1
        isFresh = true
    }

    /// Goes to the next value of the list, or past its end: then it is false.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func nextElement() throws(JSONError) -> Bool {
        try next(.list)
    }

    /// Reads the next name of the object into `text` and goes to its value, or past the object's end: then it is false.
    @_lifetime(self: copy self)
    mutating func nextName() throws(JSONError) -> Bool {
        guard try next(.object) else { return false }
        guard try peek() == 0x22 else { throw JSONError("a name in quotes was expected", at: offset) }
        try readString()
        guard try peek() == 0x3A else { throw JSONError("a colon was expected", at: offset) }
        offset += 1
        return true
    }

    @inline(__always)
    @_lifetime(self: copy self)
    private mutating func next(_ container: Container) throws(JSONError) -> Bool {
        let byte = try peek()
        if byte == container.close {
            offset += 1
            depth -= 1
            isFresh = false
            return false
        }
        if isFresh {
            isFresh = false
            return true
        }
        guard byte == 0x2C else {
            throw JSONError(
                "a comma or the end of the \(container == .object ? "object" : "list") was expected",
                at: offset
            )
        }
        offset += 1
        if try peek() == container.close { throw JSONError("a value was expected after the comma", at: offset) }
        return true
    }

    /// Throws unless nothing but white space is left.
    @_lifetime(self: copy self)
    mutating func end() throws(JSONError) {
        while offset < bytes.byteCount {
            let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw JSONError("something stands behind the end of the JSON", at: offset)
            }
            offset += 1
        }
    }

    /// Reads `null` if it is next.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func readNull() throws(JSONError) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    /// Reads `true` or `false` if one of them is next.
    @_lifetime(self: copy self)
    mutating func readBoolIfNext() throws(JSONError) -> Bool? {
        let byte = try peek()
        return byte == UInt8(ascii: "t") || byte == UInt8(ascii: "f") ? try readBool() : nil
    }

    /// Reads `true` or `false`.
    @_lifetime(self: copy self)
    mutating func readBool() throws(JSONError) -> Bool {
        switch try peek() {
        case UInt8(ascii: "t"):
            try word("true")
            return true
        case UInt8(ascii: "f"):
            try word("false")
            return false
        default: throw JSONError("true or false was expected", at: offset)
        }
    }

    @_lifetime(self: copy self)
    private mutating func word(_ word: StaticString) throws(JSONError) {
        let end = offset + word.utf8CodeUnitCount
        guard end <= bytes.byteCount, bytes.extracting(offset..<end).equals(word) else {
            throw JSONError("a value was expected, such as \(word)", at: offset)
        }
        offset = end
    }

    /// Passes over the next value, whatever it is.
    @_lifetime(self: copy self)
    mutating func skipValue() throws(JSONError) {
        // A bit for each open container, 1 for an object; the lowest is the innermost.
        var objects: UInt128 = 0
        let outer = depth
        repeat {
            if depth > outer {
                let more = objects & 1 == 1 ? try nextName() : try nextElement()
                guard more else {
                    objects >>= 1
                    continue
                }
            }
            if depth - outer >= UInt128.bitWidth { throw JSONError("nested too deep to be passed over", at: offset) }
            switch try peek() {
            case UInt8(ascii: "{"):
                try open(.object)
                objects = objects << 1 | 1
            case UInt8(ascii: "["):
                try open(.list)
                objects <<= 1
            case 0x22: try passString()
            case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try readBool()
            case UInt8(ascii: "n"): _ = try readNull()
            default: _ = try numberToken()
            }
        } while depth > outer
    }
}
