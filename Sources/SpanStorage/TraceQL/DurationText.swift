/// Durations as Go writes them: `1.5ms`, `2h30m`.
enum DurationText {
    enum Parsed: Equatable {
        case nanoseconds(Int64)
        case tooLong
        case none
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    /// Reads a duration without a sign; what is finer than a nanosecond is cut off.
    static func parse(_ text: String) -> Parsed {
        var rest = Substring(String(text.map { $0 == "µ" || $0 == "μ" ? "u" : $0 }))
        var total: Int64 = 0
        if rest.isEmpty { return .none }
        while !rest.isEmpty {
            let whole = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(whole.count)
            var fraction: Substring = ""
            if rest.first == "." {
                fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(1 + fraction.count)
            }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name == name }), !whole.isEmpty || !fraction.isEmpty else {
                return .none
            }
            guard whole.count <= 19, let count = Int64(whole.isEmpty ? "0" : whole) else { return .tooLong }
            let (product, isTooLong) = count.multipliedReportingOverflow(by: unit.nanoseconds)
            let (sum, isStillTooLong) = total.addingReportingOverflow(product)
            let (all, isAgainTooLong) = sum.addingReportingOverflow(part(fraction, of: unit.nanoseconds))
            if isTooLong || isStillTooLong || isAgainTooLong { return .tooLong }
            total = all
        }
        return .nanoseconds(total)
    }

    /// The part of a unit that the digits behind the point stand for, rounded down.
    private static func part(_ digits: Substring, of unit: Int64) -> Int64 {
        // A day has 14 digits of nanoseconds: what stands behind the 18th counts for nothing.
        var value: UInt128 = 0
        var scale: UInt128 = 1
        for digit in digits.prefix(18) {
            value = value * 10 + UInt128(digit.wholeNumberValue ?? 0)
            scale *= 10
        }
        return Int64(value * UInt128(unit) / scale)
    }

    /// The shortest text of one unit that stands for just this duration.
    static func text(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        // Days are ours alone; hours are understood everywhere.
        for unit in units.dropFirst() where nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
        }
        return "\(nanoseconds)ns"
    }
}

/// Nanoseconds of a duration such as `1.5ms` or `2h30m`; nil for any other text, and for more than 292 years.
public func durationNanoseconds(_ text: String) -> Int64? {
    if case .nanoseconds(let nanoseconds) = DurationText.parse(text) { nanoseconds } else { nil }
}

/// The shortest text of one unit that stands for just so many nanoseconds: `1500ms`.
public func durationText(_ nanoseconds: Int64) -> String { DurationText.text(nanoseconds) }
