/// A span as an application would tell it, before it is written in any protocol.
struct LoadSpan {
    var traceHigh: UInt64
    var traceLow: UInt64
    var id: UInt64
    var parent: UInt64
    /// An index into `Load.services`.
    var service: Int
    var name: String
    var isServer: Bool
    var isError: Bool
    /// Nanoseconds since 1970, whole microseconds: Jaeger's protocols know no smaller unit.
    var start: UInt64
    var duration: UInt64
    var attributes: [(key: String, value: LoadValue)]
}

/// The value of an attribute.
enum LoadValue {
    case text(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
}

/// Traces of a shop from a seed: 12 services, traces of 5 to 60 spans, 14 attributes a span, the same on every machine.
struct Load {
    static let services = [
        "gateway", "cart", "catalog", "checkout", "currency", "email", "inventory", "payment", "pricing", "recommender",
        "search", "shipping",
    ]
    private static let verbs = ["get", "list", "create", "update", "delete", "check", "price", "notify"]
    private static let methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE"]
    private static let agents = [
        "okhttp/4.12.0", "python-requests/2.31", "curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64)",
    ]
    private static let regions = ["eu-central-1", "eu-west-1", "us-east-1"]
    /// 2026-01-01, in nanoseconds since 1970.
    static let beginning: UInt64 = 1_767_225_600_000_000_000

    private var random: SeededNumbers
    private var now = Load.beginning

    init(seed: UInt64) {
        random = SeededNumbers(state: seed)
    }

    /// Whole traces, until they have so many spans.
    mutating func spans(_ wanted: Int) -> [LoadSpan] {
        var spans: [LoadSpan] = []
        spans.reserveCapacity(wanted + 60)
        while spans.count < wanted { appendTrace(to: &spans) }
        return spans
    }

    private mutating func appendTrace(to spans: inout [LoadSpan]) {
        let first = spans.count
        let ids = (random.next(), random.next())
        now += UInt64(random.below(2_000)) * 1_000
        for place in 0..<5 + random.below(56) {
            let parent = place == 0 ? nil : spans[first + random.below(place)]
            var span = LoadSpan(
                traceHigh: ids.0,
                traceLow: ids.1,
                id: random.next() | 1,
                parent: parent?.id ?? 0,
                service: parent == nil ? 0 : random.below(Self.services.count),
                name: "",
                isServer: random.below(2) == 0,
                isError: random.below(50) == 0,
                start: (parent?.start ?? now) + UInt64(random.below(500)) * 1_000,
                duration: UInt64(1 + random.below(1 << (4 + random.below(14)))) * 1_000,
                attributes: []
            )
            let verb = random.pick(Self.verbs)
            span.name = "\(verb) /\(Self.services[span.service])/{id}"
            appendAttributes(to: &span, verb: verb)
            spans.append(span)
        }
    }

    private mutating func appendAttributes(to span: inout LoadSpan, verb: String) {
        let service = Self.services[span.service]
        let number = random.below(100_000)
        span.attributes = [
            ("http.request.method", .text(random.pick(Self.methods))),
            ("http.route", .text("/\(service)/{id}")),
            ("http.response.status_code", .int(span.isError ? 503 : 200)),
            ("url.path", .text("/\(service)/\(number)")),
            ("server.address", .text("\(service)-\(random.below(4)).shop.internal")),
            ("server.port", .int(8080)),
            ("user.id", .text("user-\(random.below(5_000))")),
            ("request.id", .text(String(random.next(), radix: 16))),
            ("user_agent.original", .text(random.pick(Self.agents))),
            ("network.peer.address", .text("10.1.\(random.below(4)).\(random.below(250))")),
            ("network.protocol.version", .text("1.1")),
            ("cloud.region", .text(random.pick(Self.regions))),
            ("cache.hit", .bool(random.below(3) == 0)),
            ("queue.ms", .double(Double(random.below(20_000)) / 100)),
        ]
    }
}

/// A small generator with a fixed sequence (Marsaglia's xorshift64*).
struct SeededNumbers {
    private var state: UInt64

    init(state: UInt64) {
        self.state = state == 0 ? 1 : state
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }

    mutating func below(_ limit: Int) -> Int { Int((next() >> 33) % UInt64(limit)) }

    mutating func pick(_ texts: [String]) -> String { texts[below(texts.count)] }
}
