/// Text as a terminal shows it: what to colour, how wide it is, and nothing that would command the terminal.
struct TextStyle: Sendable {
    /// Whether there are colours.
    let hasColour: Bool

    func strong(_ text: String) -> String { wrap(text, "1") }
    func faint(_ text: String) -> String { wrap(text, "2") }
    func bad(_ text: String) -> String { wrap(text, "31") }
    func good(_ text: String) -> String { wrap(text, "32") }
    func changed(_ text: String) -> String { wrap(text, "33") }

    /// The colour of a service: the same one wherever its name stands.
    func service(_ text: String, _ name: String) -> String { wrap(text, "38;5;\(Self.colour(of: name))") }

    private func wrap(_ text: String, _ code: String) -> String {
        hasColour && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// Colours of the 256 that are told apart on light and on dark.
    private static let colours = [33, 37, 71, 99, 133, 136, 166, 168, 30, 62, 107, 172, 25, 127]

    private static func colour(of name: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return colours[Int(hash >> 4) % colours.count]
    }
}

extension String {
    /// The text with everything made visible that a terminal would obey: controls, escape sequences, and marks that
    /// turn the direction of writing.
    var shown: String {
        var shown = ""
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0..<0x20: shown.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: shown += "␡"
            case 0x80..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// How many columns of a terminal it takes.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// The text in exactly so many columns: cut in the middle of what is too long, filled up otherwise.
    func fitted(_ width: Int, right: Bool = false) -> String {
        let own = columns
        if own <= width {
            let space = String(repeating: " ", count: width - own)
            return right ? space + self : self + space
        }
        if width < 2 { return String(repeating: "…", count: max(0, width)) }
        var begin = ""
        for character in self {
            if begin.columns + character.columns > (width - 1) / 2 { break }
            begin.append(character)
        }
        var end: [Character] = []
        var used = begin.columns + 1
        for character in reversed() {
            if used + character.columns > width { break }
            used += character.columns
            end.append(character)
        }
        return begin + "…" + String(end.reversed()) + String(repeating: " ", count: width - used)
    }
}

extension Character {
    /// One column, or two for the wide characters of East Asia and pictures.
    fileprivate var columns: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }
}
