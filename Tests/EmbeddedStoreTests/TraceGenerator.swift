import TraceModel

/// Traces from a seed: the same seed gives the same spans on every machine.
struct TraceGenerator {
    private var random: SplitMix
    private var nextSpan: UInt64 = 1

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    /// A batch of spans of a few traces, some of which it makes up and some of which it has begun before.
    mutating func batch(spans: Int, traces: ClosedRange<UInt64>, around time: UInt64) -> SpanBatch {
        var batch = SpanBatch()
        for service in 0..<4 {
            var resource = Resource()
            resource.service = batch.strings.intern("service-\(service)")
            resource.format = service == 0 ? .jaeger : .otlp
            resource.attributes = [
                attribute("host.name", .string("host-\(service)"), in: &batch),
                attribute("process.pid", .int(Int64(service) + 100), in: &batch),
            ]
            batch.resources.append(resource)
        }
        var scope = Scope()
        scope.name = batch.strings.intern("instrumentation")
        scope.version = batch.strings.intern("1.2.3")
        batch.scopes.append(scope)
        for _ in 0..<spans { appendSpan(to: &batch, traces: traces, around: time) }
        return batch
    }

    /// The id of the trace of a number.
    func traceID(_ trace: UInt64) -> TraceID {
        TraceID(high: trace % 3 == 0 ? trace : 0, low: trace &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The next number of the sequence, in a range.
    mutating func number(in range: ClosedRange<UInt64>) -> UInt64 {
        UInt64.random(in: range, using: &random)
    }

    private mutating func appendSpan(to batch: inout SpanBatch, traces: ClosedRange<UInt64>, around time: UInt64) {
        var row = SpanRow()
        let trace = number(in: traces)
        row.traceID = traceID(trace)
        row.spanID = SpanID(nextSpan)
        row.parentSpanID = number(in: 0...3) == 0 ? .none : SpanID(number(in: 1...nextSpan))
        nextSpan += 1
        row.startNanoseconds = time + number(in: 0...1_000_000_000)
        row.durationNanoseconds = Int64(number(in: 0...5_000_000)) - (number(in: 0...50) == 0 ? 6_000_000 : 0)
        row.name = batch.strings.intern("operation-\(number(in: 0...9))")
        row.resource = UInt32(number(in: 0...3))
        row.scope = number(in: 0...1) == 0 ? 0 : SpanBatch.noScope
        row.kind = SpanKind(rawValue: UInt8(number(in: 0...5))) ?? .unspecified
        row.status = StatusCode(rawValue: UInt8(number(in: 0...2))) ?? .unset
        row.flags = UInt32(number(in: 0...1))
        if number(in: 0...20) == 0 { row.statusMessage = batch.strings.intern("it went wrong \(number(in: 0...5))") }
        if number(in: 0...20) == 0 { row.traceState = batch.strings.intern("vendor=\(number(in: 0...5))") }
        if number(in: 0...20) == 0 { row.droppedAttributes = UInt32(number(in: 1...9)) }
        for _ in 0..<number(in: 0...6) { appendAttribute(to: &batch) }
        for _ in 0..<(number(in: 0...5) == 0 ? number(in: 1...3) : 0) {
            let field = attribute("message", .string("event \(number(in: 0...99))"), in: &batch)
            batch.events.attributes.append(key: field.key, type: field.type, value: field.value)
            batch.events.append(time: row.startNanoseconds + number(in: 0...999), name: batch.strings.intern("log"))
        }
        if number(in: 0...9) == 0 {
            var link = LinkRow()
            link.kind = LinkKind(rawValue: UInt8(number(in: 0...2))) ?? .link
            link.traceID = TraceID(high: 1, low: number(in: 1...1_000))
            link.spanID = SpanID(number(in: 1...1_000))
            link.traceState = batch.strings.intern("link=1")
            let field = attribute("why", .bool(true), in: &batch)
            batch.links.attributes.append(key: field.key, type: field.type, value: field.value)
            batch.links.append(link)
        }
        batch.appendSpan(row)
    }

    private mutating func appendAttribute(to batch: inout SpanBatch) {
        let new: Attribute
        switch number(in: 0...8) {
        case 0: new = attribute("http.status_code", .int(Int64(number(in: 200...204))), in: &batch)
        case 1: new = attribute("http.method", .string(["GET", "POST", ""][Int(number(in: 0...2))]), in: &batch)
        case 2: new = attribute("request.id", .string("id-\(number(in: 0...(.max)))"), in: &batch)
        case 3: new = attribute("cache.hit", .bool(number(in: 0...1) == 0), in: &batch)
        case 4: new = attribute("load", .double(Double(number(in: 0...1_000)) / 8), in: &batch)
        case 5: new = attribute("payload", .bytes([0, 255, UInt8(number(in: 0...255))]), in: &batch)
        case 6: new = attribute("list", .array([.int(1), .string("two"), .array([])]), in: &batch)
        case 7: new = attribute("map", .map([.init("a", .double(0.5)), .init("b", .empty)]), in: &batch)
        default: new = attribute("nothing", .empty, in: &batch)
        }
        batch.spanAttributes.append(key: new.key, type: new.type, value: new.value)
    }

    private func attribute(_ key: String, _ value: AttributeValue, in batch: inout SpanBatch) -> Attribute {
        let stored = batch.intern(value)
        return Attribute(key: batch.strings.intern(key), type: stored.type, value: stored.bits)
    }
}

/// A small generator with a fixed sequence (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
