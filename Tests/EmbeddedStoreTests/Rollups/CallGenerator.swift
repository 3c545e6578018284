import TraceModel

/// Spans that call each other, in batches of one.
struct CallGenerator {
    /// A span, as far as rollups look at it.
    struct Span {
        var trace: UInt64
        var id: UInt64
        var parent: UInt64 = 0
        var service: String
        var name = "operation"
        var kind = SpanKind.internal
        var status = StatusCode.unset
        var format = SpanFormat.otlp
        var start: UInt64 = 1_700_000_000_000_000_000
        var duration: Int64 = 1_000_000
    }

    /// A batch of some spans.
    static func batch(_ spans: [Span]) -> SpanBatch {
        var batch = SpanBatch()
        for span in spans {
            var resource = Resource()
            resource.service = batch.strings.intern(span.service)
            resource.format = span.format
            var row = SpanRow()
            row.traceID = TraceID(low: span.trace)
            row.spanID = SpanID(span.id)
            row.parentSpanID = SpanID(span.parent)
            row.startNanoseconds = span.start
            row.durationNanoseconds = span.duration
            row.name = batch.strings.intern(span.name)
            row.resource = UInt32(batch.resources.count)
            row.kind = span.kind
            row.status = span.status
            batch.resources.append(resource)
            batch.appendSpan(row)
        }
        return batch
    }

    private var random: SplitMix
    private var nextID: UInt64 = 1

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// The spans of some traces over a few services and minutes, in any order; `zipkin` with shared ids as well.
    mutating func spans(traces: Int, zipkin: Bool) -> [Span] {
        var all: [Span] = []
        for _ in 0..<traces {
            let trace = random.next() | 1
            var ids: [UInt64] = []
            for _ in 0..<Int.random(in: 1...14, using: &random) {
                var span = Span(trace: trace, id: nextID, service: service())
                nextID += 1
                // Some have no parent, some one that never comes.
                span.parent =
                    ids.randomElement(using: &random) ?? (random.next() % 3 == 0 ? random.next() | 1 << 63 : 0)
                span.name = "operation-\(random.next() % 3)"
                span.kind = SpanKind(rawValue: UInt8(random.next() % 6)) ?? .internal
                span.status = StatusCode(rawValue: UInt8(random.next() % 3)) ?? .unset
                span.format = zipkin ? .zipkin : random.next() % 2 == 0 ? .otlp : .jaeger
                span.start += (random.next() % 4) * 60_000_000_000 + random.next() % 60_000_000_000
                span.duration = Int64(random.next() % 1_000_000_000) - 1_000
                ids.append(span.id)
                all.append(span)
                if zipkin, random.next() % 2 == 0 {
                    // The client's side is what came, and this is the server's.
                    all[all.count - 1].kind = .client
                    span.kind = .server
                    span.service = service()
                    all.append(span)
                }
            }
        }
        return all.shuffled(using: &random)
    }

    private mutating func service() -> String { "service-\(random.next() % 5)" }

    /// A number below a limit.
    mutating func number(below limit: UInt64) -> UInt64 { random.next() % limit }
}
