import JaegerClient
import OpenTracing

/// Takes spans and forgets them: what is measured is the span.
struct NullReporter: Reporter {
    func report(_ span: FinishedSpan) {}
    var description: String { "NullReporter" }
}

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

let arguments = CommandLine.arguments.dropFirst()
let iterations = arguments.dropFirst().first.flatMap { Int($0) } ?? 200_000
let runs = arguments.count > 2 ? 1 : 9
for benchmark in cases() where arguments.isEmpty || arguments.first == "all" || arguments.first == benchmark.name {
    let cost = Measurement.of(iterations: iterations, runs: runs, benchmark.body)
    print(
        padded(benchmark.name, 24),
        padded(fixed(cost.nanoseconds), 8),
        "ns ",
        fixed(cost.allocations, 2),
        "allocations"
    )
}
