/// Where spans come from: OTLP's resource, Jaeger's process.
public struct Resource: Hashable, Sendable {
    /// The service's name: of OTLP the attribute `service.name` (which stays among the attributes too), of Jaeger the
    /// process' name. Empty when the client sent none.
    public var service: StringRef = 0
    /// How it came in.
    public var format = SpanFormat.otlp
    /// OTLP's schema URL.
    public var schemaURL: StringRef = 0
    /// Attributes that the client dropped.
    public var droppedAttributes: UInt32 = 0
    /// Its attributes, as they came, in their order: OTLP's resource attributes, Jaeger's process tags.
    public var attributes: [Attribute] = []

    /// A resource without anything.
    public init() {}
}

/// The library that made spans: OTLP's instrumentation scope.
public struct Scope: Hashable, Sendable {
    public var name: StringRef = 0
    public var version: StringRef = 0
    /// OTLP's schema URL of the scope's spans.
    public var schemaURL: StringRef = 0
    /// Attributes that the client dropped.
    public var droppedAttributes: UInt32 = 0
    public var attributes: [Attribute] = []

    /// A scope without anything.
    public init() {}
}

/// Spans as columns, with a dictionary of their strings: the one shape that spans have everywhere in the server.
///
/// A receiver makes one of each request; the store takes it, keeps its spans in the same shape and answers questions
/// with batches too (a whole trace is a batch). There is no object per span, per attribute or per string.
///
/// To add a span: append its attributes to `spanAttributes`, each event's to `events.attributes` followed by
/// `events.append`, each link's likewise, in any order among the three; then `appendSpan(_:)` ends it. If it turns out
/// to be unusable, `discardOpenSpan()` takes all that back.
public struct SpanBatch: Sendable {
    /// The scope of a span that has none.
    public static let noScope = UInt32.max

    /// Every string of the batch.
    public var strings = StringTable()
    /// The resources; few in a batch.
    public var resources: [Resource] = []
    /// The instrumentation scopes; few in a batch.
    public var scopes: [Scope] = []
    /// The spans' own fields.
    public var spans = SpanColumns()
    /// The spans' attributes; the owners are spans.
    public var spanAttributes = AttributeLists()
    /// The spans' events.
    public var events = EventColumns()
    /// The spans' links.
    public var links = LinkColumns()

    /// Whether the spans are to be counted and not to be kept: those that tail sampling leaves out.
    package var isCountedOnly = false

    /// A batch without spans.
    public init() {}

    /// What is needed of the spans to count them: their columns, without attributes, events and links.
    package func forCounting() -> SpanBatch {
        var batch = SpanBatch()
        batch.isCountedOnly = true
        for resource in resources {
            var bare = Resource()
            bare.service = batch.strings.intern(resource.service, of: strings)
            bare.format = resource.format
            batch.resources.append(bare)
        }
        let partial = partialReportRef
        for span in 0..<count where partial.map({ !isPartialReport(span, $0) }) ?? true {
            var row = SpanRow()
            row.traceID = spans.traceID(span)
            row.spanID = SpanID(spans.spanIDs[span])
            row.parentSpanID = SpanID(spans.parentSpanIDs[span])
            row.startNanoseconds = spans.starts[span]
            row.durationNanoseconds = spans.durations[span]
            row.name = batch.strings.intern(spans.names[span], of: strings)
            row.resource = spans.resources[span]
            row.kind = spans.kinds[span]
            row.status = spans.statuses[span]
            batch.appendSpan(row)
        }
        return batch
    }

    /// How many spans there are.
    @inlinable
    public var count: Int { spans.count }

    /// Whether there are none.
    @inlinable
    public var isEmpty: Bool { spans.count == 0 }

    /// Ends the open span: the attributes, events and links added since the last one are its own.
    @inlinable
    public mutating func appendSpan(_ row: SpanRow) {
        spans.append(row)
        spanAttributes.closeList()
        events.closeSpan()
        links.closeSpan()
    }

    /// Forgets what was added for a span that is not going to be appended. Its strings stay in the table.
    public mutating func discardOpenSpan() {
        spanAttributes.discardOpenList()
        events.discardOpenSpan()
        links.discardOpenSpan()
    }

    /// The resource of a span; an empty one if its number is out of range.
    public func resource(of span: Int) -> Resource {
        let index = Int(spans.resources[span])
        return index < resources.count ? resources[index] : Resource()
    }

    /// The scope of a span, if it has one.
    public func scope(of span: Int) -> Scope? {
        let index = Int(spans.scopes[span])
        return index < scopes.count ? scopes[index] : nil
    }

    /// The name of a span's service as text.
    public func service(of span: Int) -> String {
        strings.text(resource(of: span).service)
    }

    /// Bytes held in memory, for limits and budgets: exact in the columns, rough in the few resources.
    public var byteCount: Int {
        var bytes = strings.byteCount + spans.byteCount + spanAttributes.byteCount
        bytes += events.byteCount + links.byteCount
        for resource in resources { bytes += 48 + 16 * resource.attributes.count }
        for scope in scopes { bytes += 48 + 16 * scope.attributes.count }
        return bytes
    }
}
