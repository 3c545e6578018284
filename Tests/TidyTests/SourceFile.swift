/// A file of the repository: its text, and, for Swift, the same text without comments and string contents.
struct SourceFile: Sendable {
    let path: String
    let text: NumberedText
    /// The code alone: comments and the insides of string literals are blanks, everything else stands where it was.
    let code: NumberedText

    init(path: String, bytes: [UInt8]) {
        self.path = path
        text = NumberedText(bytes: bytes)
        code = path.hasSuffix(".swift") ? NumberedText(bytes: SwiftScanner.blanked(bytes)) : text
    }

    var name: Substring { path.split(separator: "/").last ?? "" }

    /// The target this file belongs to: the folder below `Sources` or `Tests`.
    var target: String? {
        let parts = path.split(separator: "/")
        guard let index = parts.firstIndex(where: { $0 == "Sources" || $0 == "Tests" }) else { return nil }
        return index + 2 < parts.count ? String(parts[index + 1]) : nil
    }

    var isTest: Bool { path.hasPrefix("Tests/") || path.contains("/Tests/") }
}

/// What kind of character a byte is to the scanners here; bytes above ASCII count as letters.
enum ByteClass {
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default:
            false
        }
    }
}
