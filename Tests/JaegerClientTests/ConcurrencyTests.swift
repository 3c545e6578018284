import Logging
import OpenTracing
import Synchronization
import Testing

@testable import JaegerClient

/// Many tasks at once, on everything that tasks share. Run with `--sanitize=thread` these tests find data races.
@Suite struct ConcurrencyTests {
    private static let tasks = 200

    @Test func `hundreds of tasks start, tag, log, link, finish and flush, and every span arrives once`() async throws {
        let listener = try UDPListener()
        let reporter = UDPReporter(
            serviceName: "test",
            settings: listener.settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let sampler = RemoteSampler(serviceName: "test", initial: ConstSampler(true), transport: SilentTransport())
        let tracer = JaegerTracer(
            serviceName: "test",
            sampler: sampler,
            reporter: reporter,
            metrics: CountingMetrics(),
            partialSpans: .init(after: .seconds(3600))
        )
        let shared = tracer.start("shared", below: nil)
        async let batches = listener.batches(spans: Self.tasks * 2 + 1)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<Self.tasks {
                group.addTask { await Self.work(tracer, shared, sampler, task) }
            }
        }
        shared.finish()
        await tracer.close()
        let spans = try await batches.flatMap(\.spans)
        #expect(Set(spans.map(\.spanID)).count == Self.tasks * 2 + 1)
        #expect(spans.count == Self.tasks * 2 + 1)
        #expect(reporter.statistics.lostSpans == 0)
    }

    private static func work(_ tracer: JaegerTracer, _ shared: JaegerSpan, _ sampler: RemoteSampler, _ task: Int) async
    {
        await tracer.withSpan("outer", childOf: shared.jaegerContext) { outer in
            let inner = tracer.startSpan("inner")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { outer.setTag("task", to: task) }
                group.addTask { inner.log(event: "step") }
                group.addTask { inner.setBaggageItem("key", to: "\(task)") }
                group.addTask { shared.setTag("task-\(task % 7)", to: "\(task)") }
                group.addTask { shared.log(["task": .int(Int64(task))]) }
                group.addTask { shared.addLink(to: shared.jaegerContext) }
                group.addTask { _ = inner.context.baggage }
                group.addTask { sampler.apply(.probabilistic(1)) }
                if task % 20 == 0 { group.addTask { await tracer.flush() } }
            }
            async let first: Void = inner.finish()
            async let second: Void = inner.finish()
            _ = await (first, second)
        }
    }

    @Test func `spans that are not sampled are used again by many tasks, and stay apart`() async {
        let tracer = JaegerTracer(serviceName: "test", sampler: ConstSampler(false), reporter: NullReporter())
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<Self.tasks {
                group.addTask {
                    for step in 0..<20 {
                        let span = tracer.startSpan("task")
                        span.setBaggageItem("owner", to: "\(task)-\(step)")
                        await Task.yield()
                        #expect(span.baggageItem("owner") == "\(task)-\(step)")
                        let child = tracer.startSpan("below", childOf: span)
                        #expect(child.baggageItem("owner") == "\(task)-\(step)")
                        child.finish()
                        span.finish()
                    }
                }
            }
        }
    }
}

/// A server that is away.
private struct SilentTransport: HTTPTransport {
    func send(_ request: HTTPRequest) throws -> HTTPResponse { throw HTTPFailure.timedOut }
}
