import Logging
import TraceModel

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes log lines for people to standard error: time, level, message, and what belongs to it as `key=value`.
public struct ConsoleLogHandler: LogHandler {
    /// What goes with every line.
    public var metadata: Logger.Metadata = [:]
    /// The least of the levels that are written.
    public var logLevel: Logger.Level

    /// A handler for this level and above.
    public init(logLevel: Logger.Level) {
        self.logLevel = logLevel
    }

    /// One of the things that go with every line.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        var line = "\(UTCTime.now) \(Self.word(event.level)) \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        // What clients sent may be in it: no line of theirs may look like one of ours.
        let text = line.map { $0.isNewline ? " " : $0 } + "\n"
        let bytes = Array(String(text).utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func word(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info, .notice: "info "
        case .warning: "warn "
        case .error, .critical: "error"
        }
    }
}
