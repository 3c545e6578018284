import Logging
import OpenTracing
import Synchronization
import Testing

@testable import JaegerClient

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}

@Suite struct RemoteSamplerTests {
    private func makeSampler(
        _ server: TestHTTPServer,
        initial: any Sampler = ConstSampler(false),
        clock: any TracerClock = SystemClock(),
        interval: Duration = .seconds(3600)
    ) -> RemoteSampler {
        var settings = RemoteSampler.Settings()
        settings.endpoint = server.url + "/sampling"
        settings.refreshInterval = interval
        return RemoteSampler(
            serviceName: "svc a/b",
            initial: initial,
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock
        )
    }

    private func decision(_ sampler: any Sampler, _ operation: String = "op", id: UInt64 = 0) -> SamplingDecision {
        sampler.sample(traceIDLow: id, operationName: operation)
    }

    @Test func `the server is asked for the service and its answer is followed`() async throws {
        let server = try TestHTTPServer { _ in
            .json(#"{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}}"#)
        }
        let sampler = makeSampler(server)
        #expect(!decision(sampler).isSampled)
        await sampler.refresh()
        #expect(server.requests.first?.line == "GET /sampling?service=svc+a%2Fb")
        #expect(decision(sampler, id: 0x7FFF_FFFF_FFFF_FFFF).isSampled)
        #expect(!decision(sampler, id: 0x8000_0000_0000_0000).isSampled)
        #expect("\(sampler)" == "RemoteSampler(ProbabilisticSampler(0.5))")
        sampler.close()
    }

    @Test func `it asks by itself and again`() async throws {
        let server = try TestHTTPServer { _ in .json(#"{"probabilisticSampling":{"samplingRate":1}}"#) }
        let sampler = makeSampler(server, interval: .milliseconds(20))
        let deadline = ContinuousClock.now + .seconds(60)
        while server.requests.count < 3, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.requests.count >= 3)
        #expect(decision(sampler).isSampled)
        sampler.close()
    }

    @Test func `every form of answer is understood`() throws {
        func strategy(_ json: String) throws -> SamplingStrategy { try SamplingStrategy(JSONValue(Array(json.utf8))) }
        #expect(
            try strategy(#"{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}}"#)
                == .rateLimiting(tracesPerSecond: 42)
        )
        #expect(
            try strategy(#"{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":7}}"#)
                == .rateLimiting(tracesPerSecond: 7)
        )
        #expect(
            try strategy(#"{"strategyType":0,"probabilisticSampling":{"samplingRate":0.25}}"#) == .probabilistic(0.25)
        )
        let operations = """
            {"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.8},
             "operationSampling":{"defaultSamplingProbability":0.8,"defaultLowerBoundTracesPerSecond":0.5,
               "perOperationStrategies":[{"operation":"op1","probabilisticSampling":{"samplingRate":0.2}},
                                         {"operation":"\\u00fc","probabilisticSampling":{"samplingRate":0}}]}}
            """
        #expect(
            try strategy(operations)
                == .perOperation(
                    .init(defaultRate: 0.8, lowerBoundTracesPerSecond: 0.5, rates: ["op1": 0.2, "ü": 0])
                )
        )
    }

    @Test(arguments: [
        "", "{", "[]x", "null", "{}", #"{"strategyType":"SOMETIMES"}"#, #"{"strategyType":2}"#,
        #"{"probabilisticSampling":{"samplingRate":1.5}}"#, #"{"probabilisticSampling":{"samplingRate":"half"}}"#,
        #"{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":-1}}"#,
        #"{"operationSampling":{"defaultSamplingProbability":2}}"#,
        #"{"operationSampling":{"defaultSamplingProbability":1,"perOperationStrategies":[{}]}}"#,
        String(repeating: "[", count: 10_000),
    ])
    func `a bad answer keeps what was before`(body: String) async throws {
        let server = try TestHTTPServer { _ in .json(#"{"probabilisticSampling":{"samplingRate":1}}"#) }
        let sampler = makeSampler(server)
        await sampler.refresh()
        server.answer { _ in .json(body) }
        await sampler.refresh()
        server.answer { _ in .init(status: 500, body: Array("collector error".utf8)) }
        await sampler.refresh()
        server.answer { _ in .init(isSilent: true) }
        await sampler.refresh()
        #expect(server.requests.count >= 4)
        #expect(decision(sampler).isSampled)
        sampler.close()
    }

    @Test func `while no server answers the initial sampler decides`() async throws {
        let server = try TestHTTPServer { _ in .init() }
        server.stop()
        let sampler = makeSampler(server, initial: ConstSampler(true))
        await sampler.refresh()
        #expect(decision(sampler).isSampled)
        sampler.close()
    }

    @Test func `a new rate is no new second's worth`() throws {
        let clock = ManualClock()
        let sampler = makeSampler(try TestHTTPServer { _ in .init(status: 404) }, clock: clock)
        func taken() -> Int { (0..<1000).count { _ in decision(sampler).isSampled } }
        sampler.apply(.rateLimiting(tracesPerSecond: 10))
        clock.advance(milliseconds: 1000)
        #expect(taken() == 10)
        sampler.apply(.rateLimiting(tracesPerSecond: 50))
        #expect(taken() == 0)
        clock.advance(milliseconds: 100)
        #expect(taken() == 5)
        sampler.close()
    }

    @Test func `new shares of operations leave their lower bounds as they were`() throws {
        let clock = ManualClock()
        let sampler = makeSampler(try TestHTTPServer { _ in .init(status: 404) }, clock: clock)
        func isSampled(_ operation: String) -> Bool { decision(sampler, operation, id: .max).isSampled }
        sampler.apply(.perOperation(.init(defaultRate: 0, lowerBoundTracesPerSecond: 1, rates: ["a": 0, "b": 0])))
        #expect([isSampled("a"), isSampled("a"), isSampled("c"), isSampled("c")] == [true, false, true, false])
        sampler.apply(.perOperation(.init(defaultRate: 0.1, lowerBoundTracesPerSecond: 1, rates: ["b": 0.2])))
        // a and c have used theirs, b has not.
        #expect([isSampled("a"), isSampled("c"), isSampled("b"), isSampled("b")] == [false, false, true, false])
        clock.advance(milliseconds: 1000)
        #expect([isSampled("a"), isSampled("c"), isSampled("b")] == [true, true, true])
        #expect(decision(sampler, "a", id: 0).parameter == .double(0.1))
        #expect(decision(sampler, "b", id: 0).parameter == .double(0.2))
        sampler.close()
    }

    @Test func `while answers change each trace is decided once, by one of them`() async throws {
        let sampler = makeSampler(try TestHTTPServer { _ in .init(status: 404) })
        sampler.apply(.probabilistic(0))
        let reporter = InMemoryReporter()
        let tracer = JaegerTracer(serviceName: "test", sampler: sampler, reporter: reporter)
        let isDone = Flag()
        let recorded = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                var rate = 0.0
                while !isDone.isSet {
                    rate = 1 - rate
                    sampler.apply(.probabilistic(rate))
                    await Task.yield()
                }
                return 0
            }
            group.addTask {
                var count = 0
                for _ in 0..<20_000 {
                    let span = tracer.start("work", below: nil)
                    let child = tracer.start("below", below: span.jaegerContext)
                    // The trace's decision is the one of its first span, whatever comes after it.
                    #expect(child.jaegerContext.isSampled == span.jaegerContext.isSampled)
                    if span.jaegerContext.isSampled { count += 1 }
                    child.finish()
                    span.finish()
                }
                isDone.set()
                return count
            }
            return await group.reduce(0, +)
        }
        let roots = reporter.spans.filter { $0.context.parentID == 0 }
        #expect(roots.count == recorded)
        #expect(reporter.spans.count == 2 * recorded)
        #expect(roots.allSatisfy { $0.tags["sampler.param"] == 1.0 })
        sampler.close()
    }
}
