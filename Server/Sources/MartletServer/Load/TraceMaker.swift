import TraceModel

/// Makes up traces of a few services that call each other, as batches of spans.
struct TraceMaker {
    private let settings: LoadSettings
    private var random: SplitMix
    // Ids differ from run to run, whatever the seed: what was sent before must not be sent again.
    private var ids: SplitMix

    private static let serviceNames = [
        "frontend", "checkout", "cart", "payments", "catalogue", "search", "accounts", "shipping", "mailer", "stock",
    ]
    private static let operationNames = [
        "GET /", "POST /orders", "GET /items/{id}", "PUT /cart", "charge", "reserve", "SELECT items", "lookup",
        "send", "render",
    ]
    private static let fewValues: [(key: String, values: [String])] = [
        ("http.request.method", ["GET", "GET", "GET", "POST", "PUT"]),
        ("http.route", ["/", "/orders", "/items/{id}", "/cart"]),
        ("server.address", ["eu-1", "eu-2", "us-1"]),
        ("deployment.environment", ["production"]),
    ]

    init(_ settings: LoadSettings, sender: Int) {
        self.settings = settings
        random = SplitMix(state: settings.seed &+ UInt64(sender) &* 0x9E37_79B9)
        ids = SplitMix(state: .random(in: 0 ... .max))
    }

    /// Traces that end at `now` (nanoseconds since 1970), with about so many spans in all: at least one trace.
    ///
    /// All their ids begin with `traceIDHigh`, if it is given.
    mutating func batch(
        ofSpans wanted: Int,
        at now: UInt64,
        traceIDHigh: UInt64? = nil
    ) -> (batch: SpanBatch, traces: Int) {
        var batch = SpanBatch()
        for service in 0..<settings.services { batch.resources.append(resource(service, in: &batch)) }
        var scope = Scope()
        scope.name = batch.strings.intern("martlet.load")
        batch.scopes = [scope]
        var traces = 0
        while batch.count < wanted {
            let left = traces == 0 ? settings.spansPerTrace : min(settings.spansPerTrace, wanted - batch.count)
            let id = TraceID(high: traceIDHigh ?? ids.next(), low: ids.next() | 1)
            addTrace(id, ofSpans: max(1, min(left, wanted)), to: &batch, at: now)
            traces += 1
        }
        return (batch, traces)
    }

    private func resource(_ number: Int, in batch: inout SpanBatch) -> Resource {
        let names = Self.serviceNames
        let name = number < names.count ? names[number] : "\(names[number % names.count])-\(number / names.count)"
        var resource = Resource()
        resource.service = batch.strings.intern(name)
        let values = [("service.name", name), ("host.name", "host-\(number % 4)"), ("service.version", "1.4.2")]
        for (key, value) in values {
            let (type, bits) = batch.intern(.string(value))
            resource.attributes.append(Attribute(key: batch.strings.intern(key), type: type, value: bits))
        }
        return resource
    }

    /// A span that is being made, and which of its service's spans it is.
    private struct Made {
        var id: UInt64
        var depth: Int
        var service: Int
        var start: UInt64
        var duration: UInt64
    }

    private mutating func addTrace(_ id: TraceID, ofSpans count: Int, to batch: inout SpanBatch, at now: UInt64) {
        let length = duration(around: 50_000_000)
        var made = [Made(id: ids.next() | 1, depth: 1, service: 0, start: now - min(now, length), duration: length)]
        let isFailing = Double.random(in: 0..<1, using: &random) < settings.errors
        let failing = isFailing ? Int(random.next() % UInt64(count)) : nil
        add(made[0], parent: 0, of: id, isFailed: failing == 0, to: &batch)
        for number in 1..<max(1, count) {
            // Callers are taken at random among those that may still call somebody.
            var caller = made[Int(random.next() % UInt64(made.count))]
            if caller.depth >= settings.depth { caller = made[0] }
            let share = 0.1 + 0.8 * Double.random(in: 0..<1, using: &random)
            let own = UInt64(Double(caller.duration) * share)
            let child = Made(
                id: ids.next() | 1,
                depth: caller.depth + 1,
                service: (caller.service + 1 + Int(random.next() % 2)) % settings.services,
                start: caller.start + UInt64(Double(caller.duration - own) * Double.random(in: 0..<1, using: &random)),
                duration: own
            )
            made.append(child)
            add(child, parent: caller.id, of: id, isFailed: failing == number, to: &batch)
        }
    }

    private mutating func add(_ made: Made, parent: UInt64, of id: TraceID, isFailed: Bool, to batch: inout SpanBatch) {
        for number in 0..<settings.attributes { addAttribute(number, to: &batch) }
        if isFailed {
            let (type, bits) = batch.intern(.string("the other side did not answer in time"))
            batch.events.attributes.append(key: batch.strings.intern("exception.message"), type: type, value: bits)
            batch.events.append(time: made.start + made.duration, name: batch.strings.intern("exception"))
        }
        let operation = Int(random.next() % UInt64(settings.operations))
        let names = Self.operationNames
        let isNamed = operation < names.count
        var row = SpanRow()
        row.traceID = id
        row.spanID = SpanID(made.id)
        row.parentSpanID = SpanID(parent)
        row.startNanoseconds = made.start
        row.durationNanoseconds = Int64(clamping: made.duration)
        row.name = batch.strings.intern(isNamed ? names[operation] : "operation \(operation)")
        row.resource = UInt32(made.service)
        row.scope = 0
        row.kind = [.server, .client, .internal, .producer, .consumer][operation % 5]
        row.status = isFailed ? .error : .unset
        row.flags = 1
        batch.appendSpan(row)
    }

    private mutating func addAttribute(_ number: Int, to batch: inout SpanBatch) {
        let key: String
        let value: AttributeValue
        if number < Self.fewValues.count {
            let choice = Self.fewValues[number]
            key = choice.key
            value = .string(choice.values[Int(random.next() % UInt64(choice.values.count))])
        } else if number == 4 {
            key = "http.response.status_code"
            value = .int([200, 200, 200, 204, 404][Int(random.next() % 5)])
        } else if number == 5 {
            key = "user.id"
            value = .string("user-\(random.next() % UInt64(settings.cardinality))")
        } else {
            key = "attribute.\(number)"
            value = .string("value \(random.next() % UInt64(settings.cardinality)) of some length")
        }
        let (type, bits) = batch.intern(value)
        batch.spanAttributes.append(key: batch.strings.intern(key), type: type, value: bits)
    }

    /// A duration whose logarithm is spread evenly from a tenth to ten times of a middle one.
    private mutating func duration(around middle: Double) -> UInt64 {
        let exponent = Double.random(in: -1...1, using: &random)
        var factor = 1.0
        // Ten to the power of the exponent, in halves: good enough for made-up durations.
        for _ in 0..<4 { factor *= 1 + exponent * 0.7 }
        return UInt64(max(middle / 10, middle * factor))
    }
}

/// Numbers that look random, the same for the same seed (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
