import TraceModel

/// Makes traces of a few words: times are in microseconds from the trace's beginning.
struct TraceBuilder {
    static let origin: UInt64 = 1_700_000_000_000_000_000

    var batch = SpanBatch()
    private var resources: [String: UInt32] = [:]

    /// Adds a span.
    mutating func span(
        _ id: UInt64,
        below parent: UInt64 = 0,
        _ service: String,
        _ name: String,
        _ times: ClosedRange<Int>,
        kind: SpanKind = .internal,
        status: StatusCode = .unset,
        follows: Bool = false,
        host: String? = nil,
        tags: [(String, AttributeValue)] = []
    ) {
        for (key, value) in tags {
            let stored = batch.intern(value)
            batch.spanAttributes.append(key: batch.strings.intern(key), type: stored.type, value: stored.bits)
        }
        var row = SpanRow()
        row.traceID = TraceID(low: 7)
        if follows {
            var link = LinkRow()
            link.kind = .followsFrom
            link.traceID = row.traceID
            link.spanID = SpanID(parent)
            batch.links.append(link)
        }
        row.spanID = SpanID(id)
        row.parentSpanID = SpanID(parent)
        row.startNanoseconds = Self.origin &+ UInt64(bitPattern: Int64(times.lowerBound * 1_000))
        row.durationNanoseconds = Int64((times.upperBound - times.lowerBound) * 1_000)
        row.name = batch.strings.intern(name)
        row.kind = kind
        row.status = status
        row.resource = resource(service, host)
        batch.appendSpan(row)
    }

    /// Adds a span of which only the time matters.
    mutating func span(_ id: UInt64, below parent: UInt64 = 0, _ times: ClosedRange<Int>) {
        span(id, below: parent, "shop", "work", times)
    }

    private mutating func resource(_ service: String, _ host: String?) -> UInt32 {
        let key = "\(service)@\(host ?? "")"
        if let known = resources[key] { return known }
        var resource = Resource()
        resource.service = batch.strings.intern(service)
        if let host {
            let stored = batch.intern(.string(host))
            let key = batch.strings.intern("host.name")
            resource.attributes = [Attribute(key: key, type: stored.type, value: stored.bits)]
        }
        resources[key] = UInt32(batch.resources.count)
        batch.resources.append(resource)
        return UInt32(batch.resources.count - 1)
    }

    /// A shop's order, worked out by hand in the tests: two calls one after the other, beside the second of which a
    /// third one runs, and a mail that nobody waits for.
    ///
    ///     1 shop    POST /order   0 ──────────────────────────── 100
    ///     2 stock     reserve       10 ─────── 40
    ///     3 db          SELECT        15 ── 30
    ///     4 pay       charge                      50 ─────────── 90
    ///     5 audit     note                           60 ─── 80
    ///     6 mail      send                                        95 ─────── 150
    static func order() -> SpanBatch {
        var builder = TraceBuilder()
        builder.span(1, "shop", "POST /order", 0...100, kind: .server)
        builder.span(2, below: 1, "stock", "reserve", 10...40, kind: .server)
        builder.span(3, below: 2, "db", "SELECT", 15...30, kind: .client)
        builder.span(4, below: 1, "pay", "charge", 50...90, kind: .server, status: .error)
        builder.span(5, below: 1, "audit", "note", 60...80, kind: .server)
        builder.span(6, below: 1, "mail", "send", 95...150, kind: .consumer, follows: true)
        return builder.batch
    }
}

/// Random traces with everything that can be odd about them: parents that are missing, that are the span itself, that
/// form circles, ids that repeat, children outside of their parents, spans that end before they begin.
struct RandomTrace {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func trace(spans: Int) -> SpanBatch {
        var builder = TraceBuilder()
        for index in 0..<spans {
            let start = below(100)
            let id = UInt64(below(8) == 0 ? 1 + below(spans) : index + 1)
            let parent = UInt64(below(6) == 0 ? below(spans + 3) : below(index + 1))
            let kind = SpanKind.allCases[below(SpanKind.allCases.count)]
            let status = StatusCode.allCases[below(3)]
            let end = start + below(60)
            let (service, name) = ("s\(below(3))", "n\(below(3))")
            let follows = below(7) == 0
            builder.span(
                id,
                below: parent,
                service,
                name,
                start...end,
                kind: kind,
                status: status,
                follows: follows,
                host: below(2) == 0 ? "h\(below(2))" : nil
            )
            if below(9) == 0 { builder.batch.spans.durations[index] = -5_000 }
        }
        return builder.batch
    }
}
