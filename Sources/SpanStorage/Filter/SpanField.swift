import TraceModel

/// Something of a span that a condition can ask for.
public enum SpanField: Hashable, Sendable {
    /// The attribute of a key.
    case attribute(AttributeLevel, String)
    /// A field that every span has, or something that its trace has.
    case intrinsic(Intrinsic)

    /// The name of the span's service: the attribute `service.name` of its resource, or what stands for it in Jaeger's
    /// protocols.
    public static let service = SpanField.attribute(.resource, serviceKey)

    static let serviceKey = "service.name"

    /// Whether the field belongs to the trace, so that it takes a whole trace to know it.
    public var isOfTrace: Bool {
        if case .intrinsic(let intrinsic) = self { return intrinsic.isOfTrace }
        return false
    }
}

/// Where an attribute is looked for.
public enum AttributeLevel: String, Hashable, Sendable, CaseIterable {
    /// At the first of these levels that has the key: span, resource, event, link, scope. TraceQL: `.key`.
    case any = ""
    /// Among the span's own. TraceQL: `span.key`.
    case span
    /// Among those of the span's resource (Jaeger's process tags). TraceQL: `resource.key`.
    case resource
    /// Among those of its events (the fields of Jaeger's logs). TraceQL: `event.key`.
    case event
    /// Among those of its links. TraceQL: `link.key`.
    case link
    /// Among those of its instrumentation scope. TraceQL: `instrumentation.key`.
    case scope = "instrumentation"
}

/// Fields that have a name of their own in TraceQL; the raw values are these names.
public enum Intrinsic: String, Hashable, Sendable, CaseIterable {
    case name
    case duration
    case status
    case statusMessage
    case kind
    /// The span's id in hexadecimal.
    case spanID = "span:id"
    /// The id of the span's parent; a root has none.
    case parentID = "span:parentID"
    /// The trace's id in hexadecimal.
    case traceID = "trace:id"
    /// The name of the trace's root, which is its earliest span without a parent; a trace may have none.
    case rootName
    /// The service of the trace's root.
    case rootServiceName
    /// From the earliest start to the latest end.
    case traceDuration
    /// How many spans the trace has. This one is Martlet's own.
    case traceSpanCount = "trace:spanCount"
    /// The number before those of the spans below it: see `NestedSets`.
    case nestedSetLeft
    /// The number behind those of the spans below it.
    case nestedSetRight
    /// The number before those of its parent; -1 for a root, 0 where none leads to the span.
    case nestedSetParent
    /// How many spans name it as their parent.
    case childCount = "span:childCount"
    /// The names of the span's events.
    case eventName = "event:name"
    /// When the span's events happened, from its start.
    case eventTimeSinceStart = "event:timeSinceStart"
    /// The spans that its links lead to.
    case linkSpanID = "link:spanID"
    /// The traces that its links lead to.
    case linkTraceID = "link:traceID"
    /// The name of its instrumentation scope.
    case scopeName = "instrumentation:name"
    /// The version of its instrumentation scope.
    case scopeVersion = "instrumentation:version"

    /// The types that values of intrinsic fields have.
    enum ValueType {
        case string, number, duration, status, kind, identity
    }

    var type: ValueType {
        switch self {
        case .name, .statusMessage, .rootName, .rootServiceName, .eventName, .scopeName, .scopeVersion: .string
        case .duration, .traceDuration, .eventTimeSinceStart: .duration
        case .traceSpanCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent, .childCount: .number
        case .status: .status
        case .kind: .kind
        case .spanID, .parentID, .traceID, .linkSpanID, .linkTraceID: .identity
        }
    }

    var isOfTrace: Bool {
        switch self {
        case .rootName, .rootServiceName, .traceDuration, .traceSpanCount: true
        default: isOfPlace
        }
    }

    /// Whether it says where the span stands in its trace.
    var isOfPlace: Bool {
        switch self {
        case .nestedSetLeft, .nestedSetRight, .nestedSetParent, .childCount: true
        default: false
        }
    }

    /// Whether every span has it.
    var isAlwaysThere: Bool {
        switch self {
        case .name, .duration, .status, .kind, .spanID, .traceID, .traceDuration, .traceSpanCount: true
        default: isOfPlace
        }
    }
}
