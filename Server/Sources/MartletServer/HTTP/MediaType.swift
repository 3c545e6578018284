import NIOHTTP1

/// The type of a body, without its parameters, in lower case: `application/json` of `Application/JSON; charset=utf-8`.
struct MediaType: Equatable {
    var name: String

    /// The type that a request says its body has; nil if it says none, or nothing of the form of a type.
    init?(_ headers: HTTPHeaders) {
        guard let value = headers.first(name: "Content-Type") else { return nil }
        let name = value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.name = name
    }
}

/// Why a text is no media type, in the words of Go's package `mime`, which Jaeger's collector answers with.
enum MediaTypeError: String, Error {
    case missing = "mime: no media type"
    case slash = "mime: expected slash after first token"
    case subtype = "mime: expected token after slash"
    case rest = "mime: unexpected content after media subtype"
    case parameter = "mime: invalid media parameter"
    case duplicate = "mime: duplicate parameter name"
}

extension MediaType {
    /// Reads a type with its parameters strictly (RFC 2045, section 5.1), as Jaeger's collector does.
    init(strictly text: String) throws(MediaTypeError) {
        var reader = MediaTypeReader(rest: text.utf8.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
        let type = reader.token()
        if type.isEmpty { throw .missing }
        var name = type
        reader.skipSpace()
        if let next = reader.rest.first, next != UInt8(ascii: ";") {
            guard reader.take(UInt8(ascii: "/")) else { throw .slash }
            let subtype = reader.token()
            if subtype.isEmpty { throw .subtype }
            name += "/" + subtype
            reader.skipSpace()
            if let next = reader.rest.first, next != UInt8(ascii: ";") { throw .rest }
        }
        self.name = name
        var known: Set<String> = []
        while !reader.rest.isEmpty {
            // Semicolons at the end are nothing; two in the middle are an error.
            if reader.rest.elementsEqual(";".utf8) { break }
            guard let key = reader.parameter() else { throw .parameter }
            if !known.insert(key).inserted { throw .duplicate }
            reader.skipSpace()
        }
    }
}

/// Reads the parts of a media type.
private struct MediaTypeReader {
    var rest: Substring.UTF8View.SubSequence

    init(rest: String.UTF8View.SubSequence) {
        self.rest = rest
    }

    mutating func skipSpace() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        if rest.first != byte { return false }
        rest.removeFirst()
        return true
    }

    /// A token in lower case; empty if there is none.
    mutating func token() -> String {
        let token = rest.prefix { byte in
            byte > 0x20 && byte < 0x7F && !"()<>@,;:\\\"/[]?=".utf8.contains(byte)
        }
        rest = rest.dropFirst(token.count)
        return String(decoding: token, as: UTF8.self).lowercased()
    }

    /// The name of a parameter whose value is passed over; nil if this is none.
    mutating func parameter() -> String? {
        guard take(UInt8(ascii: ";")) else { return nil }
        skipSpace()
        let key = token()
        skipSpace()
        guard !key.isEmpty, take(UInt8(ascii: "=")) else { return nil }
        skipSpace()
        guard take(UInt8(ascii: "\"")) else { return token().isEmpty ? nil : key }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return key }
            if byte == UInt8(ascii: "\\") { _ = rest.popFirst() }
        }
        return nil
    }
}
