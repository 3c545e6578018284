import Logging
import OpenTracing
import Synchronization
import Testing

@testable import JaegerClient

@Suite struct CollectorReporterTests {
    private func makeTracer(
        _ server: TestHTTPServer,
        path: String = "/api/traces",
        _ change: (inout CollectorReporter.Settings) -> Void = { _ in }
    ) -> (JaegerTracer, CollectorReporter) {
        var settings = CollectorReporter.Settings(url: server.url + path)
        settings.flushInterval = .seconds(3600)
        change(&settings)
        let reporter = CollectorReporter(
            serviceName: "test",
            processTags: ["zone": "a"],
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return (JaegerTracer(serviceName: "test", sampler: ConstSampler(true), reporter: reporter), reporter)
    }

    @Test func `Thrift goes to the collector as its clients send it`() async throws {
        let server = try TestHTTPServer { _ in .init(status: 202) }
        let (tracer, reporter) = makeTracer(server)
        for number in 0..<20 { tracer.startSpan("span-\(number)", tags: ["n": .int(Int64(number))]).finish() }
        await tracer.close()
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /api/traces?format=jaeger.thrift")
        #expect(request.headers["content-type"] == "application/x-thrift")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.headers["authorization"] == nil)
        let batch = try DecodedBatch(body: request.body)
        #expect(batch.serviceName == "test")
        #expect(batch.processTags == ["zone": "a"])
        #expect(batch.spans.map(\.name) == (0..<20).map { "span-\($0)" })
        #expect(batch.sequence == 1)
        #expect(reporter.statistics.sentSpans == 20)
    }

    @Test(arguments: [
        (
            CollectorReporter.Authorization.basic(user: "Aladdin", password: "open sesame"),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        ),
        (.basic(user: "a", password: ""), "Basic YTo="), (.basic(user: "ab", password: "c"), "Basic YWI6Yw=="),
        (.bearer("t0ken"), "Bearer t0ken"),
    ])
    func `who we are is said in the header`(authorization: CollectorReporter.Authorization, header: String) async throws
    {
        let server = try TestHTTPServer { _ in .init(status: 202) }
        let (tracer, _) = makeTracer(server) { settings in
            settings.authorization = authorization
            settings.headers = ["X-Tenant": "a"]
        }
        tracer.startSpan("span").finish()
        await tracer.close()
        #expect(server.requests.first?.headers["authorization"] == header)
        #expect(server.requests.first?.headers["x-tenant"] == "a")
    }

    @Test func `many spans go in several requests over one connection`() async throws {
        let server = try TestHTTPServer { _ in .init(status: 202) }
        let (tracer, reporter) = makeTracer(server) { $0.batchSizeSpans = 100 }
        for number in 0..<1000 { tracer.startSpan("span-\(number)").finish() }
        await tracer.close()
        let batches = try server.requests.map { try DecodedBatch(body: $0.body) }
        #expect(batches.flatMap(\.spans).map(\.name) == (0..<1000).map { "span-\($0)" })
        #expect(batches.count >= 10)
        #expect(batches.map(\.sequence) == (1...Int64(batches.count)).map { $0 })
        #expect(server.connectionCount == 1)
        #expect(reporter.statistics.sentSpans == 1000)
    }

    @Test func `a connection that the server closed between requests is opened again and nothing is lost`() async throws
    {
        let server = try TestHTTPServer { _ in .init(status: 202, closes: true) }
        let (tracer, reporter) = makeTracer(server)
        for number in 0..<5 {
            tracer.startSpan("span-\(number)").finish()
            await tracer.flush()
        }
        await tracer.close()
        let names = try server.requests.flatMap { try DecodedBatch(body: $0.body).spans.map(\.name) }
        #expect(names == (0..<5).map { "span-\($0)" })
        #expect(reporter.statistics.sentSpans == 5)
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func `while the collector is busy spans wait, the queue stays bounded, and what was dropped is told`(
        status: Int
    ) async throws {
        let server = try TestHTTPServer { _ in .init(status: status, body: Array("busy".utf8)) }
        let (tracer, reporter) = makeTracer(server) { settings in
            settings.queueCapacitySpans = 50
            settings.batchSizeSpans = 20
        }
        for number in 0..<80 { tracer.startSpan("span-\(number)").finish() }
        await tracer.flush()
        #expect(reporter.statistics.sentSpans == 0)
        #expect(reporter.statistics.fullQueueDroppedSpans == 30)
        server.answer { _ in .init(status: 202) }
        await tracer.close()
        #expect(reporter.statistics.sentSpans == 50)
        let taken = server.requests.suffix(3)
        let batches = try taken.map { try DecodedBatch(body: $0.body) }
        #expect(batches.flatMap(\.spans).map(\.name) == (0..<50).map { "span-\($0)" })
        #expect(batches.last?.losses == [30, 0, 0])
    }

    @Test func `spans are sent again by itself when the collector is back`() async throws {
        let server = try TestHTTPServer { _ in .init(isSilent: true) }
        let (tracer, reporter) = makeTracer(server)
        tracer.startSpan("span").finish()
        await tracer.flush()
        #expect(reporter.statistics.sentSpans == 0)
        server.answer { _ in .init(status: 202) }
        let deadline = ContinuousClock.now + .seconds(60)
        while reporter.statistics.sentSpans == 0, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(reporter.statistics.sentSpans == 1)
        await tracer.close()
    }

    @Test(arguments: [400, 401, 403, 404, 413])
    func `what the collector refuses is counted and not sent again`(status: Int) async throws {
        let server = try TestHTTPServer { _ in .init(status: status, body: Array("no".utf8)) }
        let (tracer, reporter) = makeTracer(server)
        tracer.startSpan("span").finish()
        await tracer.flush()
        #expect(reporter.statistics.failedToEmitSpans == 1)
        tracer.startSpan("span").finish()
        await tracer.close()
        #expect(server.requests.count == 2)
        #expect(reporter.statistics.failedToEmitSpans == 2)
    }

    @Test func `closing gives up after a while, and counts what it lost`() async throws {
        let server = try TestHTTPServer { _ in .init() }
        server.stop()
        let (tracer, reporter) = makeTracer(server) { $0.closeTimeout = .milliseconds(200) }
        for _ in 0..<3 { tracer.startSpan("span").finish() }
        await tracer.close()
        tracer.startSpan("late").finish()
        #expect(reporter.statistics.failedToEmitSpans == 4)
    }

    @Test(arguments: [
        "https://collector:14268/api/traces", "collector:14268", "http://", "http://host:0/", "http://host:99999/",
        "http://user:secret@host/", "http://host/a b",
    ])
    func `a URL that can't be used is told in words that name it`(url: String) async throws {
        let lines = Mutex<[String]>([])
        let reporter = CollectorReporter(
            serviceName: "test",
            settings: .init(url: url),
            logger: Logger(label: "test") { _ in LineHandler { line in lines.withLock { $0.append(line) } } }
        )
        let tracer = JaegerTracer(serviceName: "test", sampler: ConstSampler(true), reporter: reporter)
        tracer.startSpan("span").finish()
        await tracer.close()
        #expect(reporter.statistics.failedToEmitSpans == 1)
        let line = try #require(lines.withLock { $0.first })
        #expect(line.contains(url.hasPrefix("https") ? "'https://' is not spoken here" : "'\(url)"))
    }

    @Test func `answers in chunks, without a length and after a 100 are read`() throws {
        func read(_ text: String, isAtEnd: Bool = false) throws -> HTTPResponse? {
            var reader = HTTPResponseReader()
            reader.bytes = Array(text.utf8)
            return try reader.response(isAtEnd: isAtEnd)
        }
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n"
        #expect(try read(chunked)?.body == Array("abcde".utf8))
        for length in 1..<chunked.utf8.count {
            #expect(try read(String(decoding: chunked.utf8.prefix(length), as: UTF8.self)) == nil)
        }
        #expect(try read("HTTP/1.1 200 OK\r\n\r\nabc", isAtEnd: true)?.body == Array("abc".utf8))
        #expect(try read("HTTP/1.1 200 OK\r\n\r\nabc") == nil)
        let continued = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
        #expect(try read(continued) == HTTPResponse(status: 503, retryAfterSeconds: 7))
        #expect(throws: HTTPFailure.self) { try read("SSH-2.0-OpenSSH\r\n\r\n") }
        #expect(throws: HTTPFailure.self) { try read("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n") }
        #expect(throws: HTTPFailure.self) { try read("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n") }
        #expect(throws: HTTPFailure.self) { try read(String(repeating: "x", count: 70_000)) }
    }
}

/// Passes each line on.
private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    let take: @Sendable (String) -> Void

    init(_ take: @escaping @Sendable (String) -> Void) { self.take = take }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { take(event.message.description) }
}
