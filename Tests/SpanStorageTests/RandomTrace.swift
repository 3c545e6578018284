import TraceModel

/// Small traces with everything that can be odd about them: parents that are missing, form circles or come twice.
struct RandomTrace {
    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    mutating func trace(spans: Int) -> SpanBatch {
        var batch = SpanBatch()
        for number in 0..<3 {
            var resource = Resource()
            resource.service = batch.strings.intern("s\(number)")
            resource.format = number == 0 ? .jaeger : .otlp
            for _ in 0..<random.below(3) { resource.attributes.append(attribute(in: &batch)) }
            batch.resources.append(resource)
        }
        var scope = Scope()
        scope.name = batch.strings.intern("n1")
        scope.version = random.once(in: 2) ? batch.strings.intern("ab") : 0
        scope.attributes = [attribute(in: &batch)]
        batch.scopes.append(scope)
        for _ in 0..<spans { appendSpan(to: &batch, of: spans) }
        return batch
    }

    private mutating func appendSpan(to batch: inout SpanBatch, of spans: Int) {
        var row = SpanRow()
        row.traceID = TraceID(high: 1, low: 7)
        row.spanID = SpanID(UInt64(1 + random.below(spans + 1)))
        row.parentSpanID = SpanID(UInt64(random.below(spans + 2)))
        row.startNanoseconds = UInt64(100 + random.below(9))
        row.durationNanoseconds = Int64(random.below(8)) - 1
        row.name = batch.strings.intern("n\(random.below(3))")
        row.resource = UInt32(random.below(3))
        row.scope = random.once(in: 2) ? 0 : SpanBatch.noScope
        row.kind = random.pick(SpanKind.allCases)
        row.status = random.pick(StatusCode.allCases)
        row.statusMessage = random.once(in: 3) ? batch.strings.intern("ab") : 0
        for _ in 0..<random.below(4) {
            let new = attribute(in: &batch)
            batch.spanAttributes.append(key: new.key, type: new.type, value: new.value)
        }
        for _ in 0..<random.below(3) {
            for _ in 0..<random.below(2) {
                let new = attribute(in: &batch)
                batch.events.attributes.append(key: new.key, type: new.type, value: new.value)
            }
            let time = row.startNanoseconds + UInt64(random.below(6))
            batch.events.append(time: time, name: batch.strings.intern(random.pick(["", "n1", "a"])))
        }
        for _ in 0..<random.below(2) {
            let new = attribute(in: &batch)
            batch.links.attributes.append(key: new.key, type: new.type, value: new.value)
            var link = LinkRow()
            link.traceID = TraceID(low: UInt64(1 + random.below(3)))
            link.spanID = SpanID(UInt64(1 + random.below(3)))
            batch.links.append(link)
        }
        batch.appendSpan(row)
    }

    private mutating func attribute(in batch: inout SpanBatch) -> Attribute {
        let values: [AttributeValue] = [
            .int(1), .int(2), .int(-2), .double(1), .double(1.5), .double(.nan), .bool(true), .bool(false), .empty,
            .string("a"), .string("ab"), .string("b"), .string(""), .string("é`"), .string("n1"), .bytes([1]),
            .array([.int(1), .string("a")]), .array([.string("ab"), .string("b")]), .array([]),
            .map([.init("k", .int(1))]),
        ]
        let stored = batch.intern(random.pick(values))
        let key = random.pick(["k", "k", "n", "odd key", "service.name"])
        return Attribute(key: batch.strings.intern(key), type: stored.type, value: stored.bits)
    }
}
