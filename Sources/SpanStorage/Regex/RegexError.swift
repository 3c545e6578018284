/// Why a regular expression cannot be used, and where.
public struct RegexError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in words for the person who wrote it.
    public var message: String
    /// The character of the expression that it is about, counted from 1.
    public var column: Int

    /// Makes an error from its parts.
    public init(_ message: String, column: Int) {
        self.message = message
        self.column = column
    }

    public var description: String { "\(message), at character \(column) of the regular expression" }
}
