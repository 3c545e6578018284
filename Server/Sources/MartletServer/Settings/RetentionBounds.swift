/// How many bytes the stored spans may take.
public enum RetentionSize: Equatable, Sendable {
    /// As many as there is room for.
    case unbounded
    /// So many bytes.
    case bytes(Int)
    /// This share of the disk that the data directory is on, above 0 and up to 1.
    case shareOfDisk(Double)

    /// Reads `80%`, `20GiB`, `500MB`, a number of bytes, or `0` for no bound; nil for anything else.
    public init?(parsing text: String) {
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast()), percent > 0, percent <= 100 else { return nil }
            self = .shareOfDisk(percent / 100)
            return
        }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).lowercased()
        guard let number = Double(digits), let factor = Self.units[unit] else { return nil }
        let bytes = number * factor
        guard bytes < Double(Int.max) else { return nil }
        self = bytes == 0 ? .unbounded : .bytes(Int(bytes))
    }

    private static let units: [String: Double] = [
        "": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
        "kib": 1_024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
        "k": 1_024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776,
    ]
}

/// How long stored spans are kept, counted from when they came in.
public enum RetentionAge: Equatable, Sendable {
    /// For as long as there is room.
    case unbounded
    /// So many seconds.
    case seconds(Int)

    /// Reads `168h`, `7d`, `90m`, `30s`, or `0` for no bound; nil for anything else.
    public init?(parsing text: String) {
        if text == "0" {
            self = .unbounded
            return
        }
        guard let unit = text.last, let factor = Self.units[unit], let number = Double(text.dropLast()), number >= 0,
            number * factor < 1e10
        else { return nil }
        let seconds = Int(number * factor)
        self = seconds == 0 ? .unbounded : .seconds(seconds)
    }

    /// The same as a duration; zero where there is no bound.
    var duration: Duration {
        if case .seconds(let seconds) = self { .seconds(seconds) } else { .zero }
    }

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
}
