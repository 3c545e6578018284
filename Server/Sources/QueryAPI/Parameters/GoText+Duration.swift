extension GoText {
    /// A duration in nanoseconds: a sign, then decimal numbers with a unit each, as in `1m30s`, `1.5ms` or `-2h`.
    ///
    /// The units are ns, us (also with either of the two signs for micro), ms, s, m and h; `0` needs none.
    static func duration(_ text: String) throws(Malformed) -> Int64 {
        var rest = text.utf8[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        if rest.isEmpty { throw invalidDuration(text) }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let (sum, overflow) = total.addingReportingOverflow(try component(&rest, of: text))
            // The one number whose magnitude has 64 bits is the smallest negative one.
            if overflow || sum > UInt64(1) << 63 { throw invalidDuration(text) }
            total = sum
        }
        if isNegative { return Int64(truncatingIfNeeded: 0 &- total) }
        guard let result = Int64(exactly: total) else { throw invalidDuration(text) }
        return result
    }

    /// One number with its unit, in nanoseconds.
    private static func component(_ rest: inout Substring.UTF8View, of text: String) throws(Malformed) -> UInt64 {
        let whole = takeDigits(&rest)
        var fraction = Substring("").utf8
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        if whole.isEmpty, fraction.isEmpty { throw invalidDuration(text) }
        let unitText = rest.prefix { $0 != UInt8(ascii: ".") && !isDigit($0) }
        rest.removeFirst(unitText.count)
        if unitText.isEmpty { throw Malformed(description: "time: missing unit in duration \(quoted(text))") }
        guard let unit = unitNanoseconds(Substring(unitText)) else {
            let name = quoted(Substring(unitText))
            throw Malformed(description: "time: unknown unit \(name) in duration \(quoted(text))")
        }
        guard let count = whole.isEmpty ? 0 : UInt64(Substring(whole)), count <= UInt64(Int64.max) + 1 else {
            throw invalidDuration(text)
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        if overflow { throw invalidDuration(text) }
        // The fraction of at most an hour: a double holds its nanoseconds exactly enough, as in Go.
        let part = fraction.isEmpty ? 0 : (Double("0." + String(Substring(fraction))) ?? 0) * Double(unit)
        let (sum, carried) = product.addingReportingOverflow(UInt64(part))
        if carried { throw invalidDuration(text) }
        return sum
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix(while: isDigit)
        rest.removeFirst(digits.count)
        return digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func unitNanoseconds(_ name: Substring) -> UInt64? {
        switch name {
        case "ns": 1
        case "us", "\u{B5}s", "\u{3BC}s": 1000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        default: nil
        }
    }

    private static func invalidDuration(_ text: String) -> Malformed {
        Malformed(description: "time: invalid duration \(quoted(text))")
    }
}
