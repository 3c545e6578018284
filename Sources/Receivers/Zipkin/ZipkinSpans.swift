import TraceModel

/// One end of a call, as Zipkin names it.
struct ZipkinEndpoint {
    var service: StringRef = 0
    /// The addresses as text.
    var ipv4: StringRef = 0
    var ipv6: StringRef = 0
    /// 0 if unknown.
    var port: UInt16 = 0
}

/// What is known so far of the span being read.
private struct OpenSpan {
    var attributes = 0
    var events = 0
    var dropped = 0
    /// Microseconds; nil if not told.
    var start: UInt64?
    var duration: UInt64?
    var earliestAnnotation: UInt64?
    /// What version 1's core annotations say: when the call began and ended on this side.
    var coreStart: UInt64?
    var coreEnd: UInt64?
    /// Where this side runs: of version 1 the host of a core annotation, or else of any other.
    var local: ZipkinEndpoint?
    var fallback: ZipkinEndpoint?
    var remote: ZipkinEndpoint?
    var hasError = false
    var isOutOfRange = false
    var scope: Scope?
}

/// Gives the spans of Zipkin's formats the shape of the model.
///
/// The names of the attributes are those that Jaeger has always shown for Zipkin's spans.
struct ZipkinSpans {
    var builder: BatchBuilder
    /// Whether annotations and binary annotations have version 1's meanings.
    let isFirstVersion: Bool
    /// The start of spans that tell none: nanoseconds since 1970.
    let receivedAt: UInt64
    /// The open span's own fields.
    var row = SpanRow()
    private var span = OpenSpan()

    init(_ builder: BatchBuilder, isFirstVersion: Bool, receivedAt: UInt64) {
        self.builder = builder
        self.isFirstVersion = isFirstVersion
        self.receivedAt = receivedAt
    }

    /// Sets the start, in microseconds; 0 is as good as not told.
    mutating func setStart(_ microseconds: UInt64) {
        span.start = microseconds == 0 ? nil : microseconds
    }

    /// Sets the duration, in microseconds.
    mutating func setDuration(_ microseconds: UInt64) {
        span.duration = microseconds
    }

    /// Notes that a time was told which cannot be.
    mutating func setOutOfRange() {
        span.isOutOfRange = true
    }

    mutating func setLocal(_ endpoint: ZipkinEndpoint) {
        span.local = endpoint
    }

    mutating func setRemote(_ endpoint: ZipkinEndpoint) {
        span.remote = endpoint
    }

    /// Adds an attribute unless there are too many.
    mutating func append(_ key: StringRef, _ type: AttributeType, _ value: UInt64) {
        span.attributes += 1
        if span.attributes > ReceiverLimits.attributesMax {
            builder.truncated(.attributes)
            span.dropped += 1
        } else {
            builder.received.batch.spanAttributes.append(key: key, type: type, value: value)
        }
    }

    /// Counts an attribute that was left out because of a bound.
    mutating func drop() {
        span.dropped += 1
    }

    /// Adds a tag, or takes it for what it stands for.
    mutating func tag(_ key: StringRef, _ value: StringRef) {
        switch meaning(of: key) {
        case .none: append(key, .string, UInt64(value))
        case .error:
            span.hasError = true
            // The view shows `error=true` of every span that failed; another text than that is worth keeping.
            if !text(value, is: "true") { append(key, .string, UInt64(value)) }
        case .statusCode:
            if text(value, is: "ERROR") {
                row.status = .error
            } else if text(value, is: "OK") {
                row.status = .ok
            } else {
                append(key, .string, UInt64(value))
            }
        case .statusMessage: row.statusMessage = value
        case .traceState: row.traceState = value
        case .scopeName:
            var scope = span.scope ?? Scope()
            scope.name = value
            span.scope = scope
        case .scopeVersion:
            var scope = span.scope ?? Scope()
            scope.version = value
            span.scope = scope
        }
    }

    /// Adds a version 1 binary annotation that is a string, or takes it for what it stands for.
    mutating func binaryAnnotation(_ key: StringRef, _ value: StringRef, _ host: ZipkinEndpoint?) {
        if takeHost(of: key, host) { return }
        if text(key, is: "lc") {
            append(builder.intern(text: "component"), .string, UInt64(value))
        } else {
            tag(key, value)
        }
    }

    /// Adds a version 1 binary annotation of any other type, or takes it for what it stands for.
    mutating func binaryAnnotation(
        _ key: StringRef,
        _ type: AttributeType,
        _ value: UInt64,
        _ host: ZipkinEndpoint?
    ) {
        if takeHost(of: key, host) { return }
        if text(key, is: "error"), type == .bool, value != 0 { span.hasError = true }
        append(key, type, value)
    }

    /// Learns from a binary annotation's host; true if the annotation is there for the host alone.
    private mutating func takeHost(of key: StringRef, _ host: ZipkinEndpoint?) -> Bool {
        guard let host else { return false }
        if text(key, is: "ca") || text(key, is: "sa") || text(key, is: "ma") {
            span.remote = host
            return true
        }
        span.fallback = span.fallback ?? host
        return false
    }

    /// Adds an annotation: an event, or in version 1 one of the marks of a call's beginning and end.
    mutating func annotation(_ microseconds: UInt64, _ value: StringRef, _ host: ZipkinEndpoint?) {
        if microseconds > 0 { span.earliestAnnotation = min(microseconds, span.earliestAnnotation ?? microseconds) }
        if isFirstVersion, let host { span.fallback = span.fallback ?? host }
        if isFirstVersion, let (kind, isStart) = core(value) {
            row.kind = kind
            if isStart { span.coreStart = microseconds } else { span.coreEnd = microseconds }
            span.local = span.local ?? host
            return
        }
        let (time, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        if overflow { span.isOutOfRange = true }
        span.events += 1
        if span.events > ReceiverLimits.eventsMax {
            builder.truncated(.events)
            row.droppedEvents = row.droppedEvents.adding(1)
        } else {
            builder.received.batch.events.append(time: time, name: value)
        }
    }

    /// Ends the open span.
    mutating func finish() {
        if row.parentSpanID == row.spanID { row.parentSpanID = .none }
        if span.hasError { row.status = .error }
        setTimes()
        let first = builder.count
        let resource = appendEndpoints()
        row.droppedAttributes = row.droppedAttributes.adding(span.dropped)
        if span.isOutOfRange {
            builder.reject(.invalidTime, row)
        } else {
            builder.appendSpan(row)
            builder.setResource(resource, from: first)
            if let scope = span.scope { builder.setScope(scope, from: first) }
        }
        row = SpanRow()
        span = OpenSpan()
    }

    private mutating func setTimes() {
        let told = span.start ?? span.coreStart ?? span.earliestAnnotation
        if let told {
            let (start, overflow) = told.multipliedReportingOverflow(by: 1_000)
            row.startNanoseconds = start
            if overflow { span.isOutOfRange = true }
        } else {
            row.startNanoseconds = receivedAt
            append(builder.intern(text: "otel.zipkin.absentField.startTime"), .bool, 1)
        }
        var duration = span.duration
        if duration == nil, let start = span.coreStart, let end = span.coreEnd, end >= start { duration = end - start }
        let (nanoseconds, overflow) = (duration ?? 0).multipliedReportingOverflow(by: 1_000)
        row.durationNanoseconds = Int64(truncatingIfNeeded: nanoseconds)
        if overflow || nanoseconds > UInt64(Int64.max) { span.isOutOfRange = true }
    }

    /// Appends what is known of both ends of the call; the resource that this side is.
    private mutating func appendEndpoints() -> Resource {
        var resource = Resource()
        resource.format = .zipkin
        if let local = span.local ?? span.fallback {
            resource.service = local.service
            if isFirstVersion {
                resource.attributes = address(of: local)
            } else {
                append("net.host.ip", local.ipv4 != 0 ? local.ipv4 : local.ipv6)
                append("net.host.port", local.port)
            }
        }
        if resource.service == 0 { resource.service = builder.intern(text: "missing-service-name") }
        if let remote = span.remote {
            append("peer.service", remote.service)
            append("net.peer.ip", remote.ipv4 != 0 ? remote.ipv4 : remote.ipv6)
            append("net.peer.port", remote.port)
        }
        return resource
    }

    private mutating func append(_ key: String, _ text: StringRef) {
        if text != 0 { append(builder.intern(text: key), .string, UInt64(text)) }
    }

    private mutating func append(_ key: String, _ port: UInt16) {
        if port != 0 { append(builder.intern(text: key), .int, UInt64(port)) }
    }

    private mutating func address(of endpoint: ZipkinEndpoint) -> [Attribute] {
        var attributes: [Attribute] = []
        if endpoint.ipv4 != 0 {
            attributes.append(Attribute(key: builder.intern(text: "ipv4"), type: .string, value: UInt64(endpoint.ipv4)))
        }
        if endpoint.ipv6 != 0 {
            attributes.append(Attribute(key: builder.intern(text: "ipv6"), type: .string, value: UInt64(endpoint.ipv6)))
        }
        if endpoint.port != 0 {
            attributes.append(Attribute(key: builder.intern(text: "port"), type: .int, value: UInt64(endpoint.port)))
        }
        return attributes
    }
}

extension ZipkinSpans {
    /// What a tag stands for beyond itself.
    private enum Meaning {
        case none, error, statusCode, statusMessage, traceState, scopeName, scopeVersion
    }

    private func meaning(of key: StringRef) -> Meaning {
        let name = builder.received.batch.strings.bytes(key)
        if name.equals("error") { return .error }
        if name.equals("w3c.tracestate") { return .traceState }
        if name.equals("otel.status_code") { return .statusCode }
        if name.equals("otel.status_description") { return .statusMessage }
        if name.equals("otel.scope.name") || name.equals("otel.library.name") { return .scopeName }
        if name.equals("otel.scope.version") || name.equals("otel.library.version") { return .scopeVersion }
        return .none
    }

    private func text(_ ref: StringRef, is text: StaticString) -> Bool {
        builder.received.batch.strings.bytes(ref).equals(text)
    }

    /// The kind of a span that has this core annotation, and whether the annotation marks the beginning.
    private func core(_ value: StringRef) -> (SpanKind, isStart: Bool)? {
        let name = builder.received.batch.strings.bytes(value)
        guard name.byteCount == 2 else { return nil }
        if name.equals("cs") { return (.client, true) }
        if name.equals("cr") { return (.client, false) }
        if name.equals("sr") { return (.server, true) }
        if name.equals("ss") { return (.server, false) }
        if name.equals("ms") { return (.producer, true) }
        if name.equals("mr") { return (.consumer, true) }
        return nil
    }
}
