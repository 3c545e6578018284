import Dispatch
import Foundation

/// An answer of the server.
struct HTTPResponse: Sendable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// One connection to the server that can carry many requests, one after the other, and never repeats one by itself.
struct HTTPConnection: ~Copyable {
    private let socket: Socket
    private let port: Int

    init(port: Int) throws {
        socket = try Socket(.stream, port: port)
        self.port = port
    }

    func request(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: [UInt8] = []
    ) throws -> HTTPResponse {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return try raw(Array((head + "\r\n").utf8) + body)
    }

    /// Sends bytes as they are, and reads the answer.
    func raw(_ bytes: [UInt8]) throws -> HTTPResponse {
        // A server that refuses may close while we still send; its answer is there all the same.
        let failure = Result { try socket.send(bytes) }
        do { return try readResponse() } catch {
            try failure.get()
            throw error
        }
    }

    private func readResponse() throws -> HTTPResponse {
        var received: [UInt8] = []
        let separator = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            let more = try socket.receive()
            guard !more.isEmpty else { throw HarnessError("the server closed the connection before it answered") }
            received += more
            headEnd = received.firstRange(of: separator)?.lowerBound
        }
        let end = headEnd ?? 0
        let lines = String(decoding: received[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { throw HarnessError("no HTTP: \(lines[0])") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let start = Array(received[(end + separator.count)...])
        return HTTPResponse(
            status: status,
            headers: headers,
            body: try readBody(start, headers: headers, status: status)
        )
    }

    private func readBody(_ start: [UInt8], headers: [String: String], status: Int) throws -> [UInt8] {
        if status == 204 || status == 304 { return [] }
        if headers["transfer-encoding"]?.lowercased() == "chunked" { return try readChunks(start) }
        var body = start
        let length = headers["content-length"].flatMap { Int($0) }
        while body.count < length ?? .max {
            let more = try socket.receive()
            if more.isEmpty {
                guard length == nil else { throw HarnessError("the server closed the connection within its answer") }
                break
            }
            body += more
        }
        return body
    }

    private func readChunks(_ start: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var pending = start
        func fill() throws {
            let more = try socket.receive()
            guard !more.isEmpty else { throw HarnessError("the server closed the connection within its answer") }
            pending += more
        }
        while true {
            while pending.firstRange(of: Array("\r\n".utf8)) == nil { try fill() }
            let lineEnd = pending.firstRange(of: Array("\r\n".utf8))?.lowerBound ?? 0
            let size = String(decoding: pending[..<lineEnd], as: UTF8.self).split(separator: ";").first ?? ""
            guard let count = Int(size, radix: 16) else { throw HarnessError("a chunk without a size: \(size)") }
            while pending.count < lineEnd + 2 + count + 2 { try fill() }
            body += pending[(lineEnd + 2)..<(lineEnd + 2 + count)]
            pending.removeFirst(lineEnd + 2 + count + 2)
            if count == 0 { return body }
        }
    }
}

/// Requests over a connection of their own, off the threads of the test runner.
enum HTTP {
    static func get(_ port: Int, _ path: String) async throws -> HTTPResponse {
        try await request("GET", port, path)
    }

    static func post(_ port: Int, _ path: String, type: String, body: [UInt8]) async throws -> HTTPResponse {
        try await request("POST", port, path, headers: ["Content-Type": type], body: body)
    }

    static func request(
        _ method: String,
        _ port: Int,
        _ path: String,
        headers: [String: String] = [:],
        body: [UInt8] = []
    ) async throws -> HTTPResponse {
        try await blocking {
            let connection = try HTTPConnection(port: port)
            let headers = headers.merging(["Connection": "close"]) { own, _ in own }
            return try connection.request(method, path, headers: headers, body: body)
        }
    }
}

/// Runs blocking work where it does not hold up other tests.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
    }
}

/// Looks again and again until there is something to see; nil when the time is over.
func poll<Value>(
    within limit: Duration = .seconds(60),
    every interval: Duration = .milliseconds(20),
    _ look: () async throws -> Value?
) async throws -> Value? {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await look() { return value }
        guard ContinuousClock.now < deadline else { return nil }
        try await Task.sleep(for: interval)
    }
}
