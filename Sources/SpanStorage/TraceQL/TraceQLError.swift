/// Why a text is no query, and where.
public struct TraceQLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in words for the person who wrote it.
    public var message: String
    /// The line, counted from 1.
    public var line: Int
    /// The character of the line, counted from 1.
    public var column: Int

    /// Makes an error from its parts.
    public init(_ message: String, line: Int, column: Int) {
        self.message = message
        self.line = line
        self.column = column
    }

    public var description: String { "line \(line), column \(column): \(message)" }
}
