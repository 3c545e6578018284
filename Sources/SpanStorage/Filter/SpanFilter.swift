import TraceModel

/// A condition on one span: the question behind every search, whatever language it was asked in.
public indirect enum SpanFilter: Sendable, Equatable {
    /// Every span.
    case everything
    /// Spans that satisfy all of these.
    case and([SpanFilter])
    /// Spans that satisfy any of these.
    case or([SpanFilter])
    /// Spans that do not satisfy this.
    case not(SpanFilter)
    /// Spans of the service of this name.
    case service(String)
    /// Spans of this name (Jaeger's operation).
    case name(String)
    /// Spans of this kind.
    case kind(SpanKind)
    /// Spans of this status.
    case status(StatusCode)
    /// Spans that took at least so many nanoseconds.
    case durationAtLeast(Int64)
    /// Spans that took at most so many nanoseconds.
    case durationAtMost(Int64)
    /// Spans with this tag in Jaeger's sense: see `TagCondition`.
    case tag(TagCondition)
    /// Spans of which a field has such a value: see `FieldCondition`.
    ///
    /// `SpanFilter.field(_:_:)` makes the form that stores know best.
    case field(FieldCondition)
}

/// Jaeger's `tag=key:value`: the value is text and is compared with the text of a value of any type.
///
/// It holds if an attribute of the span, of its resource, of its scope or of one of its events has the key and the
/// value. Some keys ask for more than attributes: `error` (`true` also means status error), `span.kind`,
/// `span.status`, `otel.status_code`, `scope.name` and `otel.scope.name`, `scope.version` and `otel.scope.version`,
/// `event` (an event's name); and `resource.` before a key asks for the resource's attributes alone.
public struct TagCondition: Sendable, Equatable {
    /// The attribute's key.
    public var key: String
    /// The value's text: numbers in decimal, `true` or `false`, bytes in base64.
    public var text: String

    /// Makes a condition from its parts.
    public init(key: String, text: String) {
        self.key = key
        self.text = text
    }
}
