import Foundation
import Testing

/// Whatever arrives on a port, the server stays up and flat, says what was wrong, and counts it.
@Suite struct GarbageTests {
    /// A place that takes bodies, with a type that it knows.
    struct Door: Sendable, CustomStringConvertible {
        let path: String
        let type: String
        let port: @Sendable (Ports) -> Int

        var description: String { "\(path) \(type)" }

        static let all = [
            Door(path: "/api/traces", type: "application/x-thrift") { $0.collector },
            Door(path: "/v1/traces", type: "application/x-protobuf") { $0.otlp },
            Door(path: "/v1/traces", type: "application/json") { $0.otlp },
        ]
    }

    @Test(.timeLimit(.minutes(5)), arguments: Door.all)
    func `a body that is no spans gets an error that says so, and a counter`(_ door: Door) async throws {
        try await withMartlet { server in
            let port = door.port(server.ports)
            var random = SeededRandom(seed: 20_260_801)
            let before = try await Metrics.read(server).failures
            var refused = 0.0
            for length in [1, 2, 3, 7, 20, 300, 5_000] {
                // Above ASCII, so that no length makes valid JSON, Thrift or protobuf of it.
                let body = (0..<length).map { _ in UInt8.random(in: 0xF8...0xFF, using: &random) }
                let answer = try await HTTP.post(port, door.path, type: door.type, body: body)
                #expect(answer.status == 400, "\(length) bytes of garbage: \(answer.status) \(answer.text)")
                #expect(answer.body.count > 10, "the answer says what was wrong: \(answer.text)")
                if answer.status == 400 { refused += 1 }
            }
            #expect(try await Metrics.read(server).failures >= before + refused)
            try await checkStillWorks(server)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [Door.all[0], Door.all[2]])
    func `a request that breaks off is refused or dropped, at every length`(_ door: Door) async throws {
        try await withMartlet { server in
            let spans: [UInt64] = [1, 2, 3]
            let encode = door.path == "/api/traces" ? SpanPayload.jaegerThrift : SpanPayload.otlpJSON
            let whole = encode("cut", 0xC0FFEE, spans, 1_700_000_000_000_000)
            for length in stride(from: 0, to: whole.count, by: 7) {
                let body = Array(whole[..<length])
                let answer = try await HTTP.post(door.port(server.ports), door.path, type: door.type, body: body)
                #expect(answer.status == 400, "\(length) of \(whole.count) bytes: \(answer.status) \(answer.text)")
            }
            try await checkStillWorks(server)
            #expect(try await JaegerAPI(server).services() == ["still-works"])
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: Door.all)
    func `a type that nobody knows and a body over the limit are refused by name`(_ door: Door) async throws {
        try await withMartlet { server in
            let port = door.port(server.ports)
            let before = try await Metrics.read(server).failures
            let wrong = try await HTTP.post(port, door.path, type: "application/x-unheard-of", body: [1, 2, 3])
            #expect([400, 415].contains(wrong.status))
            #expect(wrong.text.contains("nsupported"), "the answer names the trouble: \(wrong.text)")
            // The length alone is enough: nobody has to send a terabyte to be refused.
            let huge = try await blocking {
                let socket = try HTTPConnection(port: port)
                let head = "POST \(door.path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(door.type)\r\n"
                return try socket.raw(Array((head + "Content-Length: 1099511627776\r\n\r\n").utf8))
            }
            #expect(huge.status == 413)
            #expect(huge.text.contains("limit"), "the answer names the limit: \(huge.text)")
            #expect(try await Metrics.read(server).failures >= before + 2)
            try await checkStillWorks(server)
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: Door.all)
    func `a body that unpacks to far more than the limit is refused without taking that much`(_ door: Door) async throws
    {
        try await withMartlet { server in
            let bomb = try await Python.gzippedZeros(megabytes: 256)
            let memory = try #require(server.program.residentBytes)
            let headers = ["Content-Type": door.type, "Content-Encoding": "gzip"]
            let port = door.port(server.ports)
            let answer = try await HTTP.request("POST", port, door.path, headers: headers, body: bomb)
            #expect((400..<500).contains(answer.status), "\(answer.status) \(answer.text)")
            let grown = try #require(server.program.residentBytes) - memory
            #expect(grown < 128 << 20, "grew by \(grown >> 20) MiB")
            try await checkStillWorks(server)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `random bytes over TCP and UDP on every port leave it up and its memory flat`() async throws {
        try await withMartlet { server in
            let ports = server.ports
            try await checkStillWorks(server)
            let memory = try #require(server.program.residentBytes)
            let before = try await Metrics.read(server).failures
            for port in [ports.query, ports.collector, ports.otlp, ports.sampling, ports.admin] {
                try await blocking { try GarbageTests.disturb(streamPort: port) }
            }
            for port in [ports.compact, ports.binary, ports.zipkinCompact] {
                try await blocking { try GarbageTests.disturb(datagramPort: port) }
            }
            try await checkStillWorks(server)
            let counted: Bool? = try await poll { try await Metrics.read(server).failures > before ? true : nil }
            #expect(counted == true, "/metrics counts what was refused")
            let grown = try #require(server.program.residentBytes) - memory
            #expect(grown < 64 << 20, "grew by \(grown >> 20) MiB")
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "/api/traces?sort=sideways", "/api/traces?service=a&tags=%7Bbroken", "/api/traces?service=a&limit=many",
            "/api/traces?service=a&start=yesterday", "/api/traces?service=a&minDuration=soon",
            "/api/traces/not-an-id",
        ] as [String]
    )
    func `a question that makes no sense gets 400 and says which part makes none`(_ path: String) async throws {
        try await withMartlet(flags: ["--storage=memory"]) { server in
            let answer = try await HTTP.get(server.ports.query, path)
            #expect(answer.status == 400, "\(answer.status) \(answer.text)")
            #expect(answer.text.contains("errors"))
            #expect(answer.text.contains("\"msg\""))
        }
    }

    /// Connections that say no HTTP, half of it, or nothing.
    private static func disturb(streamPort port: Int) throws {
        var random = SeededRandom(seed: UInt64(port))
        for length in [0, 1, 100, 10_000] {
            let socket = try Socket(.stream, port: port)
            // It may hang up while we are still talking: that is an answer, too.
            try? socket.send((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
            socket.finishSending()
            _ = try? socket.receive()
        }
        let half = try Socket(.stream, port: port)
        try half.send(Array("POST /api/traces HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc".utf8))
    }

    private static func disturb(datagramPort port: Int) throws {
        var random = SeededRandom(seed: UInt64(port))
        let socket = try Socket(.datagram, port: port)
        for _ in 0..<500 {
            let length = Int.random(in: 1...1_500, using: &random)
            try socket.send((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        // Four bytes that claim a name of two billion, in the binary protocol; and the same for a list of spans.
        try socket.send([0x7F, 0xFF, 0xFF, 0xFF])
        var list = ThriftBytes()
        list.int(UInt32(0x8001_0004))
        list.string("emitBatch")
        list.int(UInt32(0))
        list.field(12, 1)
        list.field(15, 2)
        list.list(of: 12, count: Int(Int32.max))
        try socket.send(list.bytes)
        try socket.send(
            [0x82, 0x81, 0x01, 0x09] + Array("emitBatch".utf8) + [0x1C, 0x29, 0xFC, 0xFF, 0xFF, 0xFF, 0x7F]
        )
        for length in 0..<list.bytes.count { try socket.send(Array(list.bytes[..<length]) + [0]) }
    }

    /// After all that, a good request is still taken, and its span found at once.
    private func checkStillWorks(_ server: Martlet) async throws {
        let trace = UInt64.random(in: 1...UInt64.max)
        let start = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let body = SpanPayload.otlpJSON(service: "still-works", trace: trace, spans: [1, 2], start: start)
        let answer = try await HTTP.post(server.ports.otlp, "/v1/traces", type: "application/json", body: body)
        #expect((200..<300).contains(answer.status), "\(answer.status) \(answer.text)")
        let id = SpanPayload.hex(0) + SpanPayload.hex(trace)
        #expect(try await JaegerAPI(server).trace(id)?.spans.count == 2)
        #expect(try await HTTP.get(server.ports.admin, "/").status == 200)
    }
}

/// The same garbage every time.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
