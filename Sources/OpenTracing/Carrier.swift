/// The form in which a context is written as text.
public enum TextFormat: Sendable, Hashable {
    /// Keys and values of any characters.
    case textMap
    /// Keys and values that are safe in HTTP headers; keys are read in either case.
    case httpHeaders
}

/// Where a context is written to: the headers of a request, the attributes of a message.
public protocol TextMapWriter {
    /// Sets the value of a key, in place of one that it had.
    mutating func set(_ key: String, to value: String)
}

/// Where a context is read from.
public protocol TextMapReader {
    /// Calls `body` with each key and its value.
    func forEachPair(_ body: (_ key: String, _ value: String) -> Void)
}

extension [String: String]: TextMapWriter, TextMapReader {
    /// Sets the value of a key.
    public mutating func set(_ key: String, to value: String) { self[key] = value }

    /// Calls `body` with each key and its value, in no particular order.
    public func forEachPair(_ body: (_ key: String, _ value: String) -> Void) {
        for (key, value) in self { body(key, value) }
    }
}

/// Why a context that came from another process can't be read.
public struct PropagationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key under which the context stood; empty for bytes.
    public var key: String
    /// What was found and what is wrong with it.
    public var reason: String

    /// Makes an error from its parts.
    public init(key: String = "", reason: String) {
        self.key = key
        self.reason = reason
    }

    /// What was wrong, and where.
    public var description: String {
        "corrupted span context" + (key.isEmpty ? "" : " in '\(key)'") + ": \(reason)"
    }
}
