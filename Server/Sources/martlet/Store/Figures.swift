/// Numbers as people read them.
enum Figures {
    /// `1,234,567`.
    static func count(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text = "," + text }
            text = String(digit) + text
        }
        return text
    }

    /// `12.3 MiB`.
    static func bytes(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while abs(value) >= 1_024, unit + 1 < units.count {
            value /= 1_024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\(tenths(value)) \(units[unit])"
    }

    /// `3.7`.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// `3.07`.
    static func hundredths(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let digits = abs(hundredths % 100)
        return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)"
    }

    /// `1 span`, `2 spans`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// What a backup holds.
    static func summary(spans: Int, segments: Int, bytes: Int) -> String {
        "\(count(spans, "span")) in \(count(segments, "segment")), \(self.bytes(bytes))"
    }

    /// A number of a flat JSON object, or 0.
    static func number(_ name: String, in json: String) -> Int {
        for field in json.split(whereSeparator: { "{},".contains($0) }) {
            let parts = field.split(separator: ":")
            if parts.count == 2, parts[0] == "\"\(name)\"" { return Int(parts[1]) ?? 0 }
        }
        return 0
    }
}
