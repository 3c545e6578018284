import JaegerClient
import Measuring
import OpenTracing

struct Case {
    var name: String
    var body: (Int) -> Void
}

func tenTags(_ span: any Span) {
    span.setTag("http.request.method", to: "GET")
    span.setTag("http.route", to: "/orders/{id}")
    span.setTag("http.response.status_code", to: 200)
    span.setTag("url.path", to: "/orders/7")
    span.setTag("server.address", to: "shop.local")
    span.setTag("server.port", to: 8080)
    span.setTag("user.tier", to: "gold")
    span.setTag("retry", to: false)
    span.setTag("cache.ratio", to: 0.75)
    span.setTag("db.rows", to: 12)
}

func cases() -> [Case] {
    let off: any Tracer = JaegerTracer(serviceName: "bench", sampler: ConstSampler(false), reporter: NullReporter())
    let on: any Tracer = JaegerTracer(serviceName: "bench", sampler: ConstSampler(true), reporter: NullReporter())
    let share: any Tracer = JaegerTracer(
        serviceName: "bench",
        sampler: ProbabilisticSampler(rate: 0),
        reporter: NullReporter()
    )
    let parent = on.startSpan("parent")
    let dropped = off.startSpan("parent")
    return [
        Case(name: "unsampled") { for _ in 0..<$0 { off.startSpan("work").finish() } },
        Case(name: "unsampled-share") { for _ in 0..<$0 { share.startSpan("work").finish() } },
        Case(name: "unsampled-child") { for _ in 0..<$0 { off.startSpan("work", childOf: dropped).finish() } },
        Case(name: "unsampled-ten-tags") {
            for _ in 0..<$0 {
                let span = off.startSpan("work")
                tenTags(span)
                span.finish()
            }
        },
        Case(name: "sampled") { for _ in 0..<$0 { on.startSpan("work").finish() } },
        Case(name: "sampled-child") { for _ in 0..<$0 { on.startSpan("work", childOf: parent).finish() } },
        Case(name: "sampled-ten-tags") {
            for _ in 0..<$0 {
                let span = on.startSpan("work")
                tenTags(span)
                span.finish()
            }
        },
        Case(name: "sampled-with-span") { for _ in 0..<$0 { on.withSpan("work") { _ in } } },
    ]
}

/// Takes requests and forgets them.
struct NullTransport: HTTPTransport {
    func send(_ request: HTTPRequest) throws -> HTTPResponse { HTTPResponse(status: 202) }
}

/// What it costs to queue, encode and hand over a span with ten tags, on all threads together.
func measureEncoding(_ name: String, _ reporter: any Reporter, spans: Int) async {
    let kept = InMemoryReporter()
    let span = JaegerTracer(serviceName: "bench", sampler: ConstSampler(true), reporter: kept).startSpan("work")
    tenTags(span)
    span.finish()
    guard let finished = kept.spans.first else { return }
    var best = Double.infinity
    for _ in 0..<5 {
        let start = processNanoseconds()
        for _ in 0..<spans / 1000 {
            for _ in 0..<1000 { reporter.report(finished) }
            await reporter.flush()
        }
        best = min(best, Double(processNanoseconds() - start) / Double(spans / 1000 * 1000))
    }
    await reporter.close()
    print(padded(name, 24), padded(fixed(best), 8), "ns  on all threads: queue, encode, hand over")
}

let arguments = Array(CommandLine.arguments.dropFirst())
let what = arguments.first ?? "all"
let iterations = arguments.count > 1 ? Int(arguments[1]) ?? 200_000 : 200_000
switch what {
case "delivery": await Delivery.run()
case "rate": await Delivery.measureRate(spansPerSecond: arguments.count > 1 ? iterations : 10_000)
case "leak": await measureLeak(spans: arguments.count > 1 ? iterations : 10_000_000)
default:
    for benchmark in cases() + tracingCases() where what == "all" || what == benchmark.name {
        let cost = Measurement.of(iterations: iterations, runs: arguments.count > 2 ? 1 : 9, benchmark.body)
        let time = padded(fixed(cost.nanoseconds), 8)
        print(padded(benchmark.name, 24), time, "ns ", fixed(cost.allocations, 2), "allocations")
    }
    for (name, path) in [("encode-thrift-http", "/api/traces"), ("encode-otlp", "/v1/traces")]
    where what == "all" || what == name {
        let settings = CollectorReporter.Settings(url: "http://localhost" + path)
        let reporter = CollectorReporter(serviceName: "bench", settings: settings, transport: NullTransport())
        await measureEncoding(name, reporter, spans: iterations)
    }
    if what == "all" || what == "encode-udp" {
        let port = try CountingListener().port
        var settings = UDPReporter.Settings()
        (settings.host, settings.port) = ("127.0.0.1", port)
        let reporter = UDPReporter(serviceName: "bench", settings: settings)
        await measureEncoding("encode-udp", reporter, spans: iterations)
    }
}
