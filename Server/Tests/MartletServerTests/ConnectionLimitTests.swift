import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import MartletServer

/// Answers with the size of what came.
private final class CountingSite: HTTPSite {
    let limits: HTTPLimits
    let isHolding: Bool
    let held = Mutex<[@Sendable (SiteAnswer) -> Void]>([])

    init(isHolding: Bool = false, _ change: (inout HTTPLimits) -> Void = { _ in }) {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 100_000
        change(&limits)
        self.limits = limits
        self.isHolding = isHolding
    }

    func screen(_ head: HTTPRequestHead) -> SiteAnswer? {
        head.uri == "/forbidden" ? .text(.forbidden, "no") : nil
    }

    func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) -> SiteAnswer { refusal.answer() }

    func answer(_ request: SiteRequest, reply: @escaping @Sendable (SiteAnswer) -> Void) {
        if isHolding {
            held.withLock { $0.append(reply) }
        } else {
            reply(.text(.ok, String(request.body.readableBytes)))
        }
    }

    func release() {
        let replies = held.withLock { held in
            defer { held = [] }
            return held
        }
        for reply in replies { reply(.text(.ok, "held")) }
    }
}

@Suite struct ConnectionLimitTests {
    private func withSite(
        _ site: CountingSite,
        budget: ByteBudget = ByteBudget(bytesMax: 8 << 20),
        _ body: (Listener, Int) async throws -> Void
    ) async throws {
        let sockets = try ListenSocket.bind(host: "127.0.0.1", port: 0, kind: .stream)
        let port = try #require(sockets.first?.address.port)
        let listener = try await Listener.start(
            site,
            name: .otlpHTTP,
            sockets: sockets,
            budget: budget,
            group: MultiThreadedEventLoopGroup.singleton
        )
        do {
            try await body(listener, port)
        } catch {
            await listener.stop(timeout: .zero)
            throw error
        }
        await listener.stop(timeout: .seconds(2))
        #expect(budget.bytes == 0)
    }

    @Test func `a body that says it is too large is refused before it is read`() async throws {
        try await withSite(CountingSite()) { _, port in
            let client = try TestClient(port: port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.body == "the body is larger than the limit of 100000 bytes (decompressed)\n")
            #expect(answer.headers["connection"] == "close")
            #expect(await client.isClosed())
        }
    }

    @Test func `a body that turns out too large is refused, and the client that still sends can read why`() async throws
    {
        try await withSite(CountingSite()) { _, port in
            let client = try TestClient(port: port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "8000\r\n" + String(repeating: "a", count: 0x8000) + "\r\n"
            for _ in 0..<10 { client.send(chunk) }
            #expect(try await client.answer().status == 413)
        }
    }

    @Test func `a body that unpacks to too much is refused`() async throws {
        let limited = CountingSite {
            $0.bodyBytesMax = 4 << 20
            $0.decompressionRatioMax = 100
        }
        for (site, words) in [
            (limited, "the body decompresses to more than 100 times its size\n"),
            (CountingSite(), "the body is larger than the limit of 100000 bytes (decompressed)\n"),
        ] {
            try await withSite(site) { _, port in
                // 2 MiB of zeros in 13 KiB.
                let bomb = DeflateBomb.gzip(blocks: 8192)
                let answer = try await TestClient(port: port).post("/", bomb, ["Content-Encoding": "gzip"])
                #expect(answer.status == 413)
                #expect(answer.body == words)
            }
        }
    }

    @Test(arguments: ["snappy", "gzip, gzip", "zstd, gzip", "br"])
    func `an unknown encoding is named`(encoding: String) async throws {
        try await withSite(CountingSite()) { _, port in
            let answer = try await TestClient(port: port).post("/", [1, 2, 3], ["Content-Encoding": encoding])
            #expect(answer.status == 415)
            #expect(answer.body.contains("\"\(encoding)\" is not supported"))
        }
    }

    @Test func `a damaged or truncated packed body is refused with words`() async throws {
        try await withSite(CountingSite()) { _, port in
            let gzip = ["Content-Encoding": "gzip"]
            let damaged = try await TestClient(port: port).post("/", Array("no gzip at all".utf8), gzip)
            #expect(damaged.status == 400)
            #expect(damaged.body.hasPrefix("the body cannot be decompressed: it is damaged"))
            let whole = Samples.storedGzip(Array(repeating: 7, count: 500))
            let cut = try await TestClient(port: port).post("/", Array(whole.dropLast(100)), gzip)
            #expect(cut.status == 400)
            #expect(cut.body == "the body cannot be decompressed: it ends too early\n")
            #expect(try await TestClient(port: port).post("/", whole, gzip).body == "500\n")
        }
    }

    @Test func `a slow body is given up with an answer, a slow head without`() async throws {
        let site = CountingSite {
            $0.bodyTimeout = .milliseconds(100)
            $0.headTimeout = .milliseconds(100)
        }
        try await withSite(site) { _, port in
            let slowBody = try TestClient(port: port)
            slowBody.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            #expect(try await slowBody.answer().status == 408)
            let slowHead = try TestClient(port: port)
            slowHead.send("POST / HT")
            #expect(await slowHead.isClosed())
        }
    }

    @Test func `requests over the budget are refused at once and counted out again`() async throws {
        let site = CountingSite(isHolding: true)
        try await withSite(site, budget: ByteBudget(bytesMax: 50_000)) { _, port in
            let first = try TestClient(port: port)
            first.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n")
            first.send([UInt8](repeating: 1, count: 40_000))
            #expect(await eventually { site.held.withLock { !$0.isEmpty } })
            let second = try await TestClient(port: port).post("/", [UInt8](repeating: 1, count: 20_000))
            #expect(second.status == 503)
            #expect(second.headers["retry-after"] == "1")
            site.release()
            #expect(try await first.answer().body == "held\n")
        }
    }

    @Test func `connections over the limit are closed, the others go on`() async throws {
        try await withSite(CountingSite { $0.connectionsMax = 2 }) { listener, port in
            let clients = [try TestClient(port: port), try TestClient(port: port)]
            for client in clients { #expect(try await client.post("/", [1]).status == 200) }
            let third = try TestClient(port: port)
            #expect(await third.isClosed())
            for client in clients { #expect(try await client.post("/", [1]).status == 200) }
            #expect(listener.connections.count == 2)
        }
    }

    @Test func `requests that come at once are answered in their order`() async throws {
        try await withSite(CountingSite()) { _, port in
            let client = try TestClient(port: port)
            let one = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
            let forbidden = "POST /forbidden HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
            client.send(one + forbidden + "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer().body == "1\n")
            #expect(try await client.answer().status == 403)
        }
    }

    @Test func `what is not HTTP gets words, and long headers are refused`() async throws {
        try await withSite(CountingSite()) { _, port in
            let noise = try TestClient(port: port)
            noise.send("\u{16}\u{03}\u{01} hello\r\n\r\n")
            #expect(try await noise.answer().status == 400)
            let long = try TestClient(port: port)
            long.send("GET / HTTP/1.1\r\nX-Long: " + String(repeating: "a", count: 40_000) + "\r\n\r\n")
            #expect(try await long.answer().status == 431)
            let target = try TestClient(port: port)
            #expect(try await target.get("/" + String(repeating: "a", count: 9000)).status == 414)
        }
    }

    @Test func `a client that asks first is told to go on`() async throws {
        try await withSite(CountingSite()) { _, port in
            let client = try TestClient(port: port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.answer().status == 100)
            client.send("ab")
            #expect(try await client.answer().body == "2\n")
        }
    }

    @Test func `a request under way is answered when the port stops`() async throws {
        let site = CountingSite(isHolding: true)
        let sockets = try ListenSocket.bind(host: "127.0.0.1", port: 0, kind: .stream)
        let port = try #require(sockets.first?.address.port)
        let group = MultiThreadedEventLoopGroup.singleton
        let budget = ByteBudget(bytesMax: 1 << 20)
        let listener = try await Listener.start(
            site,
            name: .otlpHTTP,
            sockets: sockets,
            budget: budget,
            group: group
        )
        let idle = try TestClient(port: port)
        let busy = try TestClient(port: port)
        busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
        #expect(await eventually { site.held.withLock { !$0.isEmpty } && listener.connections.count == 2 })
        async let stopped: Void = listener.stop(timeout: .seconds(10))
        #expect(await idle.isClosed())
        #expect(throws: TestClient.Failure.self) { try TestClient(port: port) }
        site.release()
        #expect(try await busy.answer().body == "held\n")
        #expect(await busy.isClosed())
        await stopped
    }
}
