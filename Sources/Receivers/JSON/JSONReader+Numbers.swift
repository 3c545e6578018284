import TraceModel

/// A whole number as a sign and a size.
private struct WholeNumber {
    var isNegative: Bool
    var magnitude: UInt64
}

extension JSONReader {
    /// Reads a number as the grammar has it; where it is in the text.
    @_lifetime(self: copy self)
    mutating func numberToken() throws(JSONError) -> Range<Int> {
        let first = try peek()
        let begin = offset
        guard first == 0x2D || (0x30...0x39).contains(first) else {
            throw JSONError("a value was expected", at: offset)
        }
        if first == 0x2D { offset += 1 }
        let whole = digits()
        let leadingZero = whole > 1 && bytes.unsafeLoad(fromByteOffset: offset - whole, as: UInt8.self) == 0x30
        guard whole > 0, !leadingZero else { throw JSONError("not a number of JSON", at: begin) }
        if current() == UInt8(ascii: ".") {
            offset += 1
            guard digits() > 0 else { throw JSONError("not a number of JSON", at: begin) }
        }
        if current() | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if current() == UInt8(ascii: "+") || current() == UInt8(ascii: "-") { offset += 1 }
            guard digits() > 0 else { throw JSONError("not a number of JSON", at: begin) }
        }
        return begin..<offset
    }

    /// The next byte, 0 at the end.
    @inline(__always)
    private func current() -> UInt8 {
        offset < bytes.byteCount ? bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) : 0
    }

    /// Passes over digits; how many they were.
    @_lifetime(self: copy self)
    private mutating func digits() -> Int {
        let begin = offset
        while (0x30...0x39).contains(current()) { offset += 1 }
        return offset - begin
    }

    /// Reads a whole number of 64 bits without sign, given as a number or as a string of its digits.
    @_lifetime(self: copy self)
    mutating func readUInt64() throws(JSONError) -> UInt64 {
        let (number, begin) = try wholeNumber()
        if number.isNegative && number.magnitude != 0 {
            throw JSONError("a number that must not be negative", at: begin)
        }
        return number.magnitude
    }

    /// Reads a count of 32 bits; a larger one is the largest.
    @_lifetime(self: copy self)
    mutating func readUInt32() throws(JSONError) -> UInt32 {
        UInt32(clamping: try readUInt64())
    }

    /// Reads a whole number of 64 bits, given as a number or as a string of its digits.
    @_lifetime(self: copy self)
    mutating func readInt64() throws(JSONError) -> Int64 {
        let (number, begin) = try wholeNumber()
        if number.isNegative {
            guard number.magnitude <= Int64.min.magnitude else { throw JSONError("a number beyond 64 bits", at: begin) }
            return Int64(truncatingIfNeeded: 0 &- number.magnitude)
        }
        guard let value = Int64(exactly: number.magnitude) else {
            throw JSONError("a number beyond 64 bits", at: begin)
        }
        return value
    }

    @_lifetime(self: copy self)
    private mutating func wholeNumber() throws(JSONError) -> (WholeNumber, Int) {
        if try peek() == 0x22 {
            let begin = offset
            try readString()
            guard let number = decimal(text) else {
                throw JSONError("a whole number was expected in the string", at: begin)
            }
            return (number, begin)
        }
        let token = try numberToken()
        guard let number = decimal(bytes.extracting(token)) else {
            throw JSONError("a whole number of 64 bits was expected", at: token.lowerBound)
        }
        return (number, token.lowerBound)
    }

    /// Reads a double, given as a number or as a string such as `"NaN"`.
    @_lifetime(self: copy self)
    mutating func readDouble() throws(JSONError) -> Double {
        if try peek() == 0x22 {
            let begin = offset
            try readString()
            if text.equals("NaN") { return .nan }
            if text.equals("Infinity") { return .infinity }
            if text.equals("-Infinity") { return -.infinity }
            guard let number = double(text) else { throw JSONError("a number was expected in the string", at: begin) }
            return number
        }
        let token = try numberToken()
        guard let number = double(bytes.extracting(token)) else {
            throw JSONError("a number was expected", at: token.lowerBound)
        }
        return number
    }
}

/// The whole number that a text is: digits, or a fraction or exponent that leaves a whole number, such as `1e3`.
private func decimal(_ text: RawSpan) -> WholeNumber? {
    var offset = 0
    let count = text.byteCount
    var number = WholeNumber(isNegative: false, magnitude: 0)
    if count > 0, text.unsafeLoad(fromByteOffset: 0, as: UInt8.self) == 0x2D {
        number.isNegative = true
        offset = 1
    }
    guard offset < count else { return nil }
    while offset < count {
        let digit = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) &- 0x30
        guard digit < 10 else { return rounded(text) }
        let (ten, tooLarge) = number.magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = ten.addingReportingOverflow(UInt64(digit))
        if tooLarge || carry { return nil }
        number.magnitude = sum
        offset += 1
    }
    return number
}

private func rounded(_ text: RawSpan) -> WholeNumber? {
    guard let number = double(text) else { return nil }
    guard let magnitude = UInt64(exactly: number.magnitude) else { return nil }
    return WholeNumber(isNegative: number < 0, magnitude: magnitude)
}

/// The number that a text is; nil for what only Swift would read as one, such as `0x1p3` or `inf`.
private func double(_ text: RawSpan) -> Double? {
    let string = String(copying: text)
    let isDecimal = string.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || byte | 0x20 == UInt8(ascii: "e") || (0x2B...0x2E).contains(byte)
    }
    return isDecimal ? Double(string) : nil
}
