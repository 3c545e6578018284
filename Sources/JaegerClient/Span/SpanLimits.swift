import OpenTracing

/// How much a span may carry, so that a loop that tags a span for ever costs a known amount of memory.
///
/// What is over a limit is cut or left out, and the span says so: a cut text ends in "…", and what was left out is
/// counted in the tags `otel.dropped_attributes_count`, `otel.dropped_events_count` and `otel.dropped_links_count` (in
/// OTLP in the fields of those names).
public struct SpanLimits: Sendable, Hashable {
    /// Longer texts and bytes are cut, in UTF-8 bytes.
    public var valueLengthMaxBytes = 1024
    /// Longer stack traces, the field `stack` of a log, are cut, in UTF-8 bytes.
    public var stackLengthMaxBytes = 4096
    /// So many tags with different keys; those that are set later are left out.
    public var tagsMax = 512
    /// So many logs: of more, the first half and the newest are kept.
    public var logsMax = 256
    /// So many fields of one log, or attributes of one link.
    public var fieldsMax = 128
    /// So many references besides the parent.
    public var linksMax = 128

    /// The limits of a tracer that was given none.
    public init() {}

    /// How long the value of a key may be.
    func valueLength(_ key: String) -> Int {
        key.utf8.count == 5 && key == LogFields.stack
            ? max(valueLengthMaxBytes, stackLengthMaxBytes) : valueLengthMaxBytes
    }

    /// Keys are cut too: nobody means a key of this length, in UTF-8 bytes.
    static let keyLengthMaxBytes = 1024
    /// Lists in lists in lists: deeper ones become "…".
    static let depthMax = 4
}
