import JaegerClient
import JaegerServiceLifecycle
import Logging
import OpenTracing
import ServiceLifecycle
import Synchronization
import Testing

/// The tracer as a service: what it holds is sent when its group ends.
@Suite struct ServiceTests {
    /// Says in which order it was closed and what was reported before.
    private final class ClosingReporter: Reporter {
        let events = Mutex<[String]>([])

        func report(_ span: FinishedSpan) { events.withLock { $0.append(span.operationName) } }
        func close() async { events.withLock { $0.append("closed") } }
        var description: String { "ClosingReporter" }
    }

    /// A service whose last span ends while it shuts down.
    private struct LastRequest: Service {
        let tracer: JaegerTracer
        let isRunning: AsyncStream<Void>.Continuation

        func run() async throws {
            let span = tracer.startSpan("last request")
            isRunning.yield()
            try await gracefulShutdown()
            span.finish()
        }
    }

    private let reporter = ClosingReporter()
    private var tracer: JaegerTracer {
        JaegerTracer(serviceName: "service", sampler: ConstSampler(true), reporter: reporter)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a tracer that comes first in its group is closed after the last span of the others`() async throws {
        let tracer = tracer
        let (running, isRunning) = AsyncStream.makeStream(of: Void.self)
        let group = ServiceGroup(
            services: [tracer, LastRequest(tracer: tracer, isRunning: isRunning)],
            logger: Logger(label: "test")
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await _ in running { break }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(reporter.events.withLock { $0 } == ["last request", "closed"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `a tracer whose task is cancelled is closed too`() async throws {
        let tracer = tracer
        let task = Task { try await tracer.run() }
        task.cancel()
        try await task.value
        #expect(reporter.events.withLock { $0 } == ["closed"])
    }
}
