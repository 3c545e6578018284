/// What a client tells the server of the spans that it lost, since it started.
public struct ReporterStatistics: Sendable, Hashable {
    /// Spans that found the queue full.
    public var fullQueueDroppedSpans: Int64 = 0
    /// Spans that alone are larger than a packet may be.
    public var tooLargeDroppedSpans: Int64 = 0
    /// Spans that could not be sent, or that the server refused.
    public var failedToEmitSpans: Int64 = 0
    /// Spans that the operating system took (UDP), or the server (HTTP).
    public var sentSpans: Int64 = 0

    /// Statistics of a reporter that has lost nothing.
    public init() {}

    /// Spans that were lost, for whatever reason.
    public var lostSpans: Int64 { fullQueueDroppedSpans + tooLargeDroppedSpans + failedToEmitSpans }
}
