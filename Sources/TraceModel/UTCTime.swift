/// A moment as people write it, in UTC: `2026-11-23T20:27:03.125Z`.
public struct UTCTime: CustomStringConvertible, Sendable {
    /// Nanoseconds since 1970.
    public var nanoseconds: UInt64

    /// A moment so many nanoseconds after the beginning of 1970.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// With milliseconds, always.
    public var description: String {
        "\(wholeSeconds).\(padded(Int(nanoseconds / 1_000_000 % 1000), 3))Z"
    }

    /// With 3, 6 or 9 digits of a second, as many as it takes, or none: RFC 3339 as protobuf's JSON has it.
    public var shortest: String {
        let rest = Int(nanoseconds % 1_000_000_000)
        if rest == 0 { return "\(wholeSeconds)Z" }
        if rest % 1_000_000 == 0 { return "\(wholeSeconds).\(padded(rest / 1_000_000, 3))Z" }
        if rest % 1_000 == 0 { return "\(wholeSeconds).\(padded(rest / 1_000, 6))Z" }
        return "\(wholeSeconds).\(padded(rest, 9))Z"
    }

    private var wholeSeconds: String {
        let seconds = Int(nanoseconds / 1_000_000_000)
        let (year, month, day) = Self.date(daysSince1970: seconds / 86_400)
        let clock = seconds % 86_400
        let date = "\(year)-\(padded(month))-\(padded(day))"
        let time = "\(padded(clock / 3600)):\(padded(clock / 60 % 60)):\(padded(clock % 60))"
        return "\(date)T\(time)"
    }

    // The Gregorian calendar repeats every 400 years; years are counted from March, so that leap days come last.
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
