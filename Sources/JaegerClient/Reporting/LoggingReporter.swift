import Logging

/// Writes a line to the log for each span.
public struct LoggingReporter: Reporter {
    private let serviceName: String
    private let logger: Logger

    /// Makes a reporter that logs the spans of a service.
    public init(serviceName: String, logger: Logger) {
        self.serviceName = serviceName
        self.logger = logger
    }

    /// Logs a span.
    public func report(_ span: FinishedSpan) {
        logger.info("Reporting span \(span.context) \(serviceName).\(span.operationName)")
    }

    /// What kind of reporter this is.
    public var description: String { "LoggingReporter" }
}
