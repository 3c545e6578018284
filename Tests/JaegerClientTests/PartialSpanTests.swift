import JaegerClient
import OpenTracing
import Testing

@Suite struct PartialSpanTests {
    let reporter = InMemoryReporter()

    private func makeTracer(after: Duration, interval: Duration = .seconds(3600)) -> JaegerTracer {
        JaegerTracer(
            serviceName: "test",
            sampler: ConstSampler(true),
            reporter: reporter,
            partialSpans: .init(after: after, interval: interval)
        )
    }

    @Test func `a span that goes on is reported as far as it is known, and again when it has finished`() async throws {
        let tracer = makeTracer(after: .milliseconds(20))
        let span = tracer.startSpan("hangs", tags: ["before": 1])
        span.log(event: "started")
        let deadline = ContinuousClock.now + .seconds(60)
        while reporter.spans.isEmpty, .now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        let partial = try #require(reporter.spans.first)
        #expect(partial.isPartial)
        #expect(partial.tags["before"] == 1)
        #expect(partial.logs.count == 1)
        #expect(partial.durationNanoseconds >= 20_000_000)
        span.setTag("after", to: 2)
        span.finish()
        let finished = try #require(reporter.spans.last)
        #expect(!finished.isPartial)
        #expect(finished.context == partial.context)
        #expect(finished.startTime == partial.startTime)
        #expect(finished.durationNanoseconds >= partial.durationNanoseconds)
        #expect(finished.tags["after"] == 2)
        // What was reported does not change with the span.
        #expect(partial.tags["after"] == nil)
        #expect(reporter.spans.count == 2)
        await tracer.close()
    }

    @Test func `it is reported again and again`() async throws {
        let tracer = makeTracer(after: .milliseconds(5), interval: .milliseconds(5))
        let span = tracer.startSpan("hangs")
        let deadline = ContinuousClock.now + .seconds(60)
        while reporter.spans.count < 3, .now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        #expect(reporter.spans.count >= 3)
        let durations = reporter.spans.map(\.durationNanoseconds)
        #expect(durations == durations.sorted())
        span.finish()
        await tracer.close()
    }

    @Test func `what goes on when the tracer is closed is reported then`() async throws {
        let tracer = makeTracer(after: .seconds(3600))
        let open = tracer.startSpan("open")
        tracer.startSpan("short").finish()
        await tracer.close()
        #expect(reporter.spans.map(\.operationName) == ["short", "open"])
        #expect(reporter.spans.last?.isPartial == true)
        #expect(reporter.spans.last?.context == open.context as? JaegerSpanContext)
    }

    @Test func `no more spans are watched than there may be`() async {
        let tracer = JaegerTracer(
            serviceName: "test",
            sampler: ConstSampler(true),
            reporter: reporter,
            partialSpans: .init(after: .seconds(3600), spansMax: 3)
        )
        let open = (0..<5).map { tracer.startSpan("open-\($0)") }
        await tracer.close()
        #expect(reporter.spans.count == 3)
        open.forEach { $0.finish() }
        #expect(reporter.spans.count(where: { !$0.isPartial }) == 5)
    }

    @Test func `short spans are reported once, and after closing none`() async throws {
        let tracer = makeTracer(after: .seconds(3600))
        for _ in 0..<100 { tracer.startSpan("short").finish() }
        #expect(reporter.spans.count == 100)
        #expect(reporter.spans.allSatisfy { !$0.isPartial })
        await tracer.close()
    }
}
