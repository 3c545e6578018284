import JaegerClient
import Logging
import OpenTracing
import Synchronization
import Testing

/// Counts what is counted.
final class CountingMetrics: TracerMetrics {
    private let counts = Mutex<[TracerMetric: Int]>([:])

    func add(_ count: Int, to metric: TracerMetric) { counts.withLock { $0[metric, default: 0] += count } }
    func setQueueLength(_ spans: Int) {}
    subscript(metric: TracerMetric) -> Int { counts.withLock { $0[metric] ?? 0 } }
}

@Suite struct ThrottlingTests {
    let reporter = InMemoryReporter()
    let metrics = CountingMetrics()
    private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func makeTracer(
        throttler: (any DebugThrottler)? = nil,
        restrictions: any BaggageRestrictions = DefaultBaggageRestrictions()
    ) -> JaegerTracer {
        JaegerTracer(
            serviceName: "test",
            sampler: ConstSampler(false),
            reporter: reporter,
            baggageRestrictions: restrictions,
            throttler: throttler,
            metrics: metrics
        )
    }

    @Test func `traces are forced while there are credits for their operation`() async throws {
        let questions = CountingMetrics()
        let server = try TestHTTPServer { _ in
            questions.add(1, to: .throttlerUpdates)
            let balance = questions[.throttlerUpdates] == 1 ? 2 : 0
            return .json(#"{"balances":[{"operation":"checkout","balance":\#(balance)}]}"#)
        }
        var settings = RemoteDebugThrottler.Settings()
        settings.endpoint = server.url + "/credits"
        settings.refreshInterval = .seconds(3600)
        let throttler = RemoteDebugThrottler(serviceName: "s", clientID: "id 1", settings: settings, logger: silent)
        let tracer = makeTracer(throttler: throttler)
        func force() { tracer.startSpan("checkout", tags: [Tags.samplingPriority: 1]).finish() }

        force()
        #expect(reporter.spans.isEmpty)
        await throttler.refresh()
        #expect(server.requests.last?.line == "GET /credits?service=s&uuid=id+1&operations=checkout")
        force()
        let late = tracer.startSpan("checkout")
        late.setTag(Tags.samplingPriority, to: 1)
        late.finish()
        force()
        #expect(reporter.spans.count == 2)
        let headers = try tracer.extract(from: ["jaeger-debug-id": "x"], format: .httpHeaders)
        tracer.startSpan("checkout", childOf: headers).finish()
        #expect(reporter.spans.count == 2)
        #expect(metrics[.debugSpansThrottled] == 3)
        await tracer.close()
    }

    @Test func `only the keys that the server names may be set, and long values are cut`() async throws {
        let server = try TestHTTPServer { _ in .json(#"[{"baggageKey":"user","maxValueLength":5}]"#) }
        var settings = RemoteBaggageRestrictions.Settings()
        settings.endpoint = server.url + "/baggageRestrictions"
        settings.refreshInterval = .seconds(3600)
        let restrictions = RemoteBaggageRestrictions(serviceName: "s", settings: settings, logger: silent)
        #expect(restrictions.valueLengthMax(ofKey: "any") == 2048)
        await restrictions.refresh()
        #expect(server.requests.last?.line == "GET /baggageRestrictions?service=s")

        let tracer = makeTracer(restrictions: restrictions)
        let span = tracer.startSpan("work", tags: [Tags.samplingPriority: 1])
        span.setBaggageItem("user", to: "aüüüü")
        span.setBaggageItem("user", to: "bob")
        span.setBaggageItem("other", to: "x")
        #expect(span.context.baggage == ["user": "bob"])
        span.finish()
        #expect(
            reporter.spans.first?.logs.map(\.fields) == [
                ["event": "baggage", "key": "user", "value": "aüü", "truncated": true],
                ["event": "baggage", "key": "user", "value": "bob", "override": true],
                ["event": "baggage", "key": "other", "value": "x", "invalid": true],
            ]
        )
        #expect(metrics[.baggageUpdates] == 2)
        #expect(metrics[.baggageTruncations] == 1)
        #expect(metrics[.baggageUpdatesRefused] == 1)
        await tracer.close()
    }

    @Test(arguments: [true, false])
    func `while there was no answer baggage may be set or not, as one chooses`(denies: Bool) async throws {
        let server = try TestHTTPServer { _ in .init(status: 500) }
        var settings = RemoteBaggageRestrictions.Settings()
        settings.endpoint = server.url
        settings.refreshInterval = .seconds(3600)
        settings.deniesUntilAnswered = denies
        let restrictions = RemoteBaggageRestrictions(serviceName: "s", settings: settings, logger: silent)
        await restrictions.refresh()
        #expect((restrictions.valueLengthMax(ofKey: "any") == nil) == denies)
        restrictions.close()
    }

    @Test func `spans and traces are counted by whether they are sampled`() throws {
        let tracer = makeTracer()
        tracer.startSpan("dropped").finish()
        let forced = tracer.startSpan("forced", tags: [Tags.samplingPriority: 1])
        tracer.startSpan("below", childOf: forced).finish()
        forced.finish()
        #expect(throws: PropagationError.self) { try tracer.extract(from: ["b3": "x"], format: .httpHeaders) }
        let context = try tracer.extract(from: ["uber-trace-id": "1:2:0:1"], format: .httpHeaders)
        tracer.startSpan("joined", childOf: context).finish()
        #expect(metrics[.spansStartedSampled] == 3)
        #expect(metrics[.spansStartedNotSampled] == 1)
        #expect(metrics[.spansFinishedSampled] == 3)
        #expect(metrics[.spansFinishedNotSampled] == 1)
        #expect(metrics[.tracesStartedSampled] == 1)
        #expect(metrics[.tracesStartedNotSampled] == 1)
        #expect(metrics[.contextDecodingErrors] == 1)
    }

    @Test func `every metric has a name of Jaeger's and labels of its own`() {
        let all = TracerMetric.allCases.map { metric in metric.name + "\(metric.labels)" }
        #expect(Set(all).count == TracerMetric.allCases.count)
        #expect(TracerMetric.spansDropped.name == "jaeger_tracer_reporter_spans")
        #expect(TracerMetric.spansDropped.labels.map(\.value) == ["dropped"])
    }
}
