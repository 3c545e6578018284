/// The parts of a URL that a connection needs.
struct HTTPURL: Sendable, Hashable {
    var host: String
    var port: UInt16
    /// Path and query; at least `/`.
    var target: String

    /// Reads a URL.
    ///
    /// - Throws: When it is not one of plain HTTP.
    init(_ text: String) throws(HTTPFailure) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard text.dropFirst(scheme.count).hasPrefix("://") else {
            throw .badURL(text, "it does not begin with http://")
        }
        guard scheme == "http" else { throw .unsupportedScheme(scheme) }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw .badURL(text, "users and passwords do not belong into it") }
        let path = rest.dropFirst(authority.count).prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/" + path
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badURL(text, "it has spaces or characters that have to be encoded")
        }
        (host, port) = try Self.hostAndPort(authority, text)
    }

    /// `host`, `host:port`, `[v6]` or `[v6]:port`.
    private static func hostAndPort(_ authority: Substring, _ text: String) throws(HTTPFailure) -> (String, UInt16) {
        var host = authority
        var port = Substring("80")
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .badURL(text, "it names no host") }
        guard let number = UInt16(port), number > 0 else {
            throw .badURL(text, "its port is not a number from 1 to 65535")
        }
        return (String(host), number)
    }

    /// What stands in the header `Host`.
    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 80 ? name : "\(name):\(port)"
    }
}

/// Why there is no answer.
enum HTTPFailure: Error, Hashable, CustomStringConvertible {
    case badURL(String, String)
    case unsupportedScheme(String)
    case connection(String)
    case timedOut
    case closedEarly
    case badAnswer(String)

    var description: String {
        switch self {
        case .badURL(let url, let reason): "'\(url)' is not a URL that can be used: \(reason)"
        case .unsupportedScheme(let scheme):
            """
            '\(scheme)://' is not spoken here, only http://: give the reporter an HTTPTransport that does, or send to \
            an agent on this machine
            """
        case .connection(let reason): reason
        case .timedOut: "there was no answer in time"
        case .closedEarly: "the connection ended before the answer did"
        case .badAnswer(let reason): "the answer is not HTTP: \(reason)"
        }
    }
}

/// Text in the query of a URL, as browsers write it in forms.
enum FormEncoding {
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
            default: PercentEncoding.append(byte, to: &bytes)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
