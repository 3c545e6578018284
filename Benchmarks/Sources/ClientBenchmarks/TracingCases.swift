import JaegerClient
import JaegerTracing
import Tracing

/// The same spans through swift-distributed-tracing, as its users hold tracer and span: without their types.
func tracingCases() -> [Case] {
    let off: any Tracing.Tracer = tracer(ConstSampler(false))
    let on: any Tracing.Tracer = tracer(ConstSampler(true))
    let typed = tracer(ConstSampler(true))
    // What the API itself costs, whatever tracer there is behind it.
    let none: any Tracing.Tracer = NoOpTracer()
    return [
        Case(name: "tracing-noop") { for _ in 0..<$0 { start(none).end() } },
        Case(name: "tracing-ten-noop") {
            for _ in 0..<$0 {
                let span = start(none)
                tenAttributes(span)
                span.end()
            }
        },
        Case(name: "ten-attributes-alone") {
            for _ in 0..<$0 {
                var attributes = SpanAttributes(Dictionary(minimumCapacity: 12))
                tenAttributes(&attributes)
            }
        },
        Case(name: "tracing-unsampled") { for _ in 0..<$0 { start(off).end() } },
        Case(name: "tracing-unsampled-child") { count in
            off.withSpan("parent") { _ in for _ in 0..<count { start(off).end() } }
        },
        Case(name: "tracing-sampled") { for _ in 0..<$0 { start(on).end() } },
        Case(name: "tracing-sampled-child") { count in
            on.withSpan("parent") { _ in for _ in 0..<count { start(on).end() } }
        },
        Case(name: "tracing-with-span") { for _ in 0..<$0 { on.withSpan("work") { _ in } } },
        Case(name: "tracing-ten") {
            for _ in 0..<$0 {
                let span = start(on)
                tenAttributes(span)
                span.end()
            }
        },
        Case(name: "tracing-ten-typed") {
            for _ in 0..<$0 {
                let span: TracingSpan = typed.startSpan("work", context: .current ?? .topLevel, ofKind: .internal)
                tenAttributes(span)
                span.end()
            }
        },
        Case(name: "tracing-ten-at-once") {
            for _ in 0..<$0 {
                let span = start(on)
                span.updateAttributes(tenAttributes)
                span.end()
            }
        },
        Case(name: "tracing-ten-unsampled") {
            for _ in 0..<$0 {
                let span = start(off)
                tenAttributes(span)
                span.end()
            }
        },
    ]
}

private func tracer(_ sampler: any Sampler) -> JaegerTracer {
    JaegerTracer(serviceName: "bench", sampler: sampler, reporter: NullReporter())
}

private func start(_ tracer: any Tracing.Tracer) -> any Tracing.Span { tracer.startSpan("work") }

private func tenAttributes(_ span: any Tracing.Span) {
    span.attributes["http.request.method"] = "GET"
    span.attributes["http.route"] = "/orders/{id}"
    span.attributes["http.response.status_code"] = 200
    span.attributes["url.path"] = "/orders/7"
    span.attributes["server.address"] = "shop.local"
    span.attributes["server.port"] = 8080
    span.attributes["user.tier"] = "gold"
    span.attributes["retry"] = false
    span.attributes["cache.ratio"] = 0.75
    span.attributes["db.rows"] = 12
}

private func tenAttributes(_ span: TracingSpan) {
    span.attributes["http.request.method"] = "GET"
    span.attributes["http.route"] = "/orders/{id}"
    span.attributes["http.response.status_code"] = 200
    span.attributes["url.path"] = "/orders/7"
    span.attributes["server.address"] = "shop.local"
    span.attributes["server.port"] = 8080
    span.attributes["user.tier"] = "gold"
    span.attributes["retry"] = false
    span.attributes["cache.ratio"] = 0.75
    span.attributes["db.rows"] = 12
}

private func tenAttributes(_ attributes: inout SpanAttributes) {
    attributes["http.request.method"] = "GET"
    attributes["http.route"] = "/orders/{id}"
    attributes["http.response.status_code"] = 200
    attributes["url.path"] = "/orders/7"
    attributes["server.address"] = "shop.local"
    attributes["server.port"] = 8080
    attributes["user.tier"] = "gold"
    attributes["retry"] = false
    attributes["cache.ratio"] = 0.75
    attributes["db.rows"] = 12
}
