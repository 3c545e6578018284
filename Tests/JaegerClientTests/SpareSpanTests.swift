import JaegerClient
import OpenTracing
import Testing

/// Spans that are not sampled are used again; nobody may notice.
@Suite struct SpareSpanTests {
    let reporter = InMemoryReporter()

    private func makeTracer(_ isSampled: Bool = false) -> JaegerTracer {
        JaegerTracer(serviceName: "test", sampler: ConstSampler(isSampled), reporter: reporter)
    }

    @Test func `a span that somebody holds is not given to anybody else`() {
        let tracer = makeTracer()
        let held = (0..<100).map { _ in tracer.startSpan("held") }
        #expect(Set(held.map { ObjectIdentifier($0) }).count == 100)
        #expect(Set(held.map(\.context.spanIdentifier)).count == 100)
    }

    @Test func `a span that is used again has nothing of the one before`() throws {
        let tracer = makeTracer()
        for round in 0..<50 {
            let span = tracer.startSpan("round \(round)")
            #expect(span.baggageItem("user") == nil)
            #expect(span.context.baggage.isEmpty)
            span.setBaggageItem("user", to: "\(round)")
            #expect(span.baggageItem("user") == "\(round)")
            if round % 3 == 0 {
                span.setTag(Tags.samplingPriority, to: 1)
                span.setTag("round", to: round)
                span.log(event: "forced")
            }
            span.finish()
            span.setBaggageItem("late", to: "x")
            #expect(span.baggageItem("late") == nil)
        }
        let forced = reporter.spans
        #expect(forced.map(\.operationName) == (0..<50).filter { $0 % 3 == 0 }.map { "round \($0)" })
        #expect(forced.allSatisfy { $0.logs.count == 1 && $0.tags.count == 2 && $0.context.baggage.count == 1 })
        #expect(forced.allSatisfy { $0.startTime.nanosecondsSinceEpoch > 1_700_000_000_000_000_000 })
    }

    @Test func `a context outlives its span and does not change with the next one`() {
        let tracer = makeTracer()
        var contexts: [String] = []
        var kept: [any SpanContext] = []
        for _ in 0..<30 {
            let span = tracer.startSpan("span")
            span.setBaggageItem("n", to: "\(kept.count)")
            kept.append(span.context)
            contexts.append(span.context.spanIdentifier)
            span.finish()
        }
        #expect(kept.map(\.spanIdentifier) == contexts)
        #expect(kept.map { $0.baggage["n"] } == (0..<30).map { "\($0)" })
    }

    @Test func `spans of two tracers on one thread are told apart`() {
        let (first, second) = (makeTracer(), makeTracer())
        for _ in 0..<20 {
            #expect(first.start("a", below: nil).jaegerTracer === first)
            #expect(second.start("b", below: nil).jaegerTracer === second)
        }
    }

    @Test func `a child of a span that is not sampled has its trace and another identifier`() throws {
        let tracer = makeTracer()
        let parent = tracer.start("parent", below: nil)
        let child = try #require(tracer.startSpan("child", childOf: parent) as? JaegerSpan)
        #expect(child.jaegerContext.traceIDLow == parent.jaegerContext.traceIDLow)
        #expect(child.jaegerContext.parentID == parent.jaegerContext.spanID)
        #expect(child.jaegerContext.spanID != parent.jaegerContext.spanID)
        #expect(!child.jaegerContext.isSampled)
    }
}
