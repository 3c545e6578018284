import JaegerClient
import Logging
import OpenTracing
import Testing

@Suite struct UDPReporterTests {
    private func makeTracer(
        _ settings: UDPReporter.Settings,
        limits: SpanLimits = SpanLimits()
    ) -> (JaegerTracer, UDPReporter) {
        let reporter = UDPReporter(
            serviceName: "test",
            processTags: ["zone": "a"],
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let tracer = JaegerTracer(
            serviceName: "test",
            sampler: ConstSampler(true),
            reporter: reporter,
            limits: limits
        )
        return (tracer, reporter)
    }

    @Test func `finished spans arrive over a real socket without anyone asking`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        settings.flushInterval = .milliseconds(10)
        let (tracer, _) = makeTracer(settings)
        let parent = tracer.startSpan("parent")
        tracer.startSpan("child", childOf: parent, tags: ["tag": 7]).finish()
        parent.finish()
        let batches = try await listener.batches(spans: 2)
        #expect(batches.first?.serviceName == "test")
        #expect(batches.first?.processTags == ["zone": "a"])
        let spans = batches.flatMap(\.spans)
        #expect(spans.map(\.name) == ["child", "parent"])
        #expect(spans.first?.parentID == spans.last?.spanID)
        #expect(spans.first?.tags == ["tag": 7])
        #expect(spans.last?.tags["sampler.type"] == "const")
    }

    @Test func `a flush returns when everything before it is sent`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        settings.flushInterval = .seconds(3600)
        let (tracer, reporter) = makeTracer(settings)
        for number in 0..<20 { tracer.startSpan("span-\(number)").finish() }
        #expect(listener.datagram() == nil)
        await tracer.flush()
        #expect(reporter.statistics.sentSpans == 20)
        let names = try await listener.batches(spans: 20).flatMap(\.spans).map(\.name)
        #expect(names == (0..<20).map { "span-\($0)" })
    }

    @Test func `closing sends what waits and loses, with a count, what comes later`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        settings.flushInterval = .seconds(3600)
        let (tracer, reporter) = makeTracer(settings)
        tracer.startSpan("in time").finish()
        await tracer.close()
        tracer.startSpan("too late").finish()
        await tracer.close()
        #expect(try await listener.batches(spans: 1).flatMap(\.spans).map(\.name) == ["in time"])
        #expect(reporter.statistics.sentSpans == 1)
        #expect(reporter.statistics.failedToEmitSpans == 1)
    }

    @Test func `a full queue drops the newest spans, and the server is told how many`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        settings.queueCapacitySpans = 10
        settings.batchSizeSpans = 1000
        settings.flushInterval = .seconds(3600)
        let (tracer, reporter) = makeTracer(settings)
        for number in 0..<25 { tracer.startSpan("span-\(number)").finish() }
        #expect(reporter.statistics.fullQueueDroppedSpans == 15)
        await tracer.flush()
        let batches = try await listener.batches(spans: 10)
        #expect(batches.flatMap(\.spans).map(\.name) == (0..<10).map { "span-\($0)" })
        #expect(batches.first?.losses == [15, 0, 0])
    }

    @Test func `a thousand spans of many tasks all arrive, in packets of the allowed size`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        settings.packetSizeMaxBytes = 8000
        let (tracer, reporter) = makeTracer(settings)
        async let received = listener.batches(spans: 1000)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<20 {
                group.addTask {
                    for number in 0..<50 {
                        tracer.withSpan("span-\(task)-\(number)") { $0.setTag("task", to: task) }
                    }
                }
            }
        }
        await tracer.close()
        let batches = try await received
        let spans = batches.flatMap(\.spans)
        #expect(Set(spans.map(\.name)).count == 1000)
        #expect(Set(spans.map(\.spanID)).count == 1000)
        #expect(batches.count > 5)
        #expect(batches.map(\.sequence) == (1...Int64(batches.count)).map { $0 })
        #expect(reporter.statistics.sentSpans == 1000)
        #expect(reporter.statistics.fullQueueDroppedSpans == 0)
    }

    @Test func `spans are counted as lost when nobody listens`() async throws {
        let port = try UDPListener().port
        var settings = UDPReporter.Settings()
        settings.host = "127.0.0.1"
        settings.port = port
        let (tracer, reporter) = makeTracer(settings)
        for _ in 0..<3 {
            tracer.startSpan("lost").finish()
            await tracer.flush()
        }
        #expect(reporter.statistics.failedToEmitSpans == 3)
        #expect(reporter.statistics.sentSpans == 0)
    }

    @Test func `spans are counted as lost when the host has no address`() async {
        var settings = UDPReporter.Settings()
        settings.host = "no-such-host.invalid"
        let (tracer, reporter) = makeTracer(settings)
        tracer.startSpan("lost").finish()
        await tracer.close()
        #expect(reporter.statistics.failedToEmitSpans == 1)
    }

    @Test func `a span larger than any packet is dropped, counted, and the rest arrives`() async throws {
        let listener = try UDPListener()
        var limits = SpanLimits()
        limits.valueLengthMaxBytes = .max
        let (tracer, reporter) = makeTracer(listener.settings, limits: limits)
        tracer.startSpan("huge", tags: ["text": .string(String(repeating: "x", count: 70_000))]).finish()
        tracer.startSpan("small").finish()
        await tracer.flush()
        let batches = try await listener.batches(spans: 1)
        #expect(batches.flatMap(\.spans).map(\.name) == ["small"])
        #expect(reporter.statistics.tooLargeDroppedSpans == 1)
    }

    @Test func `a tag of five megabytes is cut, marked and delivered`() async throws {
        let listener = try UDPListener()
        let (tracer, reporter) = makeTracer(listener.settings)
        tracer.startSpan("huge", tags: ["text": .string(String(repeating: "x", count: 5_000_000))]).finish()
        await tracer.close()
        let tag = try #require(try await listener.batches(spans: 1).flatMap(\.spans).first).tags["text"]
        #expect(tag == .string(String(repeating: "x", count: 1021) + "…"))
        #expect(reporter.statistics.tooLargeDroppedSpans == 0)
    }

    @Test func `the port of the binary protocol gets that`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        settings.encoding = .binary
        let (tracer, reporter) = makeTracer(settings)
        for number in 0..<300 { tracer.startSpan("span-\(number)", tags: ["n": .int(Int64(number))]).finish() }
        await tracer.close()
        let batches = try await listener.batches(spans: 300)
        #expect(batches.flatMap(\.spans).map(\.name) == (0..<300).map { "span-\($0)" })
        #expect(batches.first?.processTags == ["zone": "a"])
        #expect(batches.first?.losses == [0, 0, 0])
        #expect(reporter.statistics.sentSpans == 300)
    }

    @Test func `a packet that the system finds too large is split, and all of it arrives in order`() async throws {
        let listener = try UDPListener()
        var settings = listener.settings
        // No datagram of IPv4 has more than 65,507 bytes.
        settings.packetSizeMaxBytes = 100_000
        settings.batchSizeSpans = 1000
        let (tracer, reporter) = makeTracer(settings)
        let text = String(repeating: "x", count: 1000)
        for number in 0..<200 { tracer.startSpan("span-\(number)", tags: ["text": .string(text)]).finish() }
        await tracer.close()
        let batches = try await listener.batches(spans: 200)
        #expect(batches.flatMap(\.spans).map(\.name) == (0..<200).map { "span-\($0)" })
        #expect(batches.count > 3)
        #expect(reporter.statistics.sentSpans == 200)
        #expect(reporter.statistics.lostSpans == 0)
    }

    @Test func `while nobody listens spans are counted, and the server is told when it is back`() async throws {
        let port = try UDPListener().port
        var settings = UDPReporter.Settings()
        settings.host = "127.0.0.1"
        settings.port = port
        settings.queueCapacitySpans = 10
        settings.batchSizeSpans = 1000
        settings.flushInterval = .seconds(3600)
        let (tracer, reporter) = makeTracer(settings)
        for _ in 0..<25 { tracer.startSpan("lost").finish() }
        await tracer.flush()
        #expect(reporter.statistics.fullQueueDroppedSpans == 15)
        #expect(reporter.statistics.failedToEmitSpans == 10)
        let listener = try UDPListener(port: port)
        tracer.startSpan("back").finish()
        await tracer.flush()
        let batch = try #require(try await listener.batches(spans: 1).first)
        #expect(batch.spans.map(\.name) == ["back"])
        #expect(batch.losses == [15, 0, 10])
        await tracer.close()
    }
}
