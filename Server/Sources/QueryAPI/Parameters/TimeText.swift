/// Reads a moment as RFC 3339 writes it, such as `2026-11-23T00:00:00.5+01:00`, in nanoseconds since 1970.
///
/// A space stands for the `+` that a client forgot to escape. Nil for other texts and times before 1970 or after 2554.
func parseTime(_ text: String) -> UInt64? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
        guard range.upperBound <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[range] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        return value
    }
    func isAt(_ place: Int, _ marks: String) -> Bool { place < bytes.count && marks.utf8.contains(bytes[place]) }
    guard let year = number(0..<4), isAt(4, "-"), let month = number(5..<7), isAt(7, "-"), let day = number(8..<10),
        isAt(10, "Tt"), let hour = number(11..<13), isAt(13, ":"), let minute = number(14..<16), isAt(16, ":"),
        let second = number(17..<19), (1...12).contains(month), (1...daysOf(month, year)).contains(day), hour < 24,
        minute < 60, second <= 60
    else { return nil }
    var place = 19
    var nanoseconds: Int64 = 0
    if isAt(place, ".") {
        place += 1
        let begin = place
        var scale: Int64 = 100_000_000
        while place < bytes.count, (48...57).contains(bytes[place]) {
            nanoseconds += Int64(bytes[place] - 48) * scale
            scale /= 10
            place += 1
        }
        if place == begin { return nil }
    }
    var offset: Int64 = 0
    if isAt(place, "Zz") {
        place += 1
    } else if isAt(place, "+- ") {
        guard let hours = number(place + 1..<place + 3), isAt(place + 3, ":"),
            let minutes = number(place + 4..<place + 6), hours < 24, minutes < 60
        else { return nil }
        offset = (hours * 60 + minutes) * (isAt(place, "-") ? -60 : 60)
        place += 6
    } else {
        return nil
    }
    if place != bytes.count { return nil }
    let seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    guard seconds >= 0, seconds <= Int64(UInt64.max / 1_000_000_000) - 1 else { return nil }
    return UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds)
}

private func daysOf(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Years are counted from March, so that leap days come last; the calendar repeats every 400 years.
private func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}
