/// Where to listen: a port and, if it was said, a host.
///
/// The forms are those of Jaeger's `host-port` settings: `:16686`, `16686`, `localhost:16686`, `[::1]:16686`.
/// Without a host the server's listen host applies. Port 0 is any free port.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// The host's name or address, without brackets; nil if the listen host is meant.
    public var host: String?
    /// The port, 0 to 65535.
    public var port: Int

    /// Makes an address from its parts.
    public init(host: String? = nil, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads an address; the error says in words what was wrong.
    public init(parsing text: String) throws(ListenAddressError) {
        var rest = Substring(text)
        var host: String?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw ListenAddressError("the bracket is not closed") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            guard rest.hasPrefix(":") else { throw ListenAddressError("no port follows the bracket") }
            rest = rest.dropFirst()
        } else if let colon = rest.lastIndex(of: ":") {
            let before = rest[..<colon]
            if before.contains(":") { throw ListenAddressError("an IPv6 address needs brackets") }
            host = before.isEmpty ? nil : String(before)
            rest = rest[rest.index(after: colon)...]
        }
        if rest.isEmpty { throw ListenAddressError("the port is missing") }
        guard rest.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw ListenAddressError("\"\(rest)\" is not a port")
        }
        guard let port = Int(rest), port <= 65_535 else {
            throw ListenAddressError("\(rest) is not a port: they end at 65535")
        }
        self.init(host: host, port: port)
    }

    /// The address in the form that is read.
    public var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// Why a text is not an address to listen on.
public struct ListenAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong with it.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
