// Safety: pointers that the C library takes live within one call each; the descriptor has one owner, which closes it.

import Foundation
import Synchronization

/// A server for the tests' requests, over real sockets: answers what it is told to and keeps what it got.
final class TestHTTPServer: Sendable {
    struct Request: Sendable {
        /// Method and target.
        var line: String
        var headers: [String: String]
        var body: [UInt8]
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [String] = []
        var body: [UInt8] = []
        /// Closes the connection without a word.
        var isSilent = false
        /// Ends the connection after the answer.
        var closes = false

        static func json(_ text: String) -> Answer {
            Answer(headers: ["Content-Type: application/json"], body: Array(text.utf8))
        }
    }

    /// What the threads share with the server; they end when its sockets do.
    private final class State: Sendable {
        let received = Mutex<[Request]>([])
        let connections = Mutex<[CInt]>([])
        let isStopped = Mutex(false)
        let respond: Mutex<@Sendable (Request) -> Answer>

        init(_ respond: @escaping @Sendable (Request) -> Answer) { self.respond = Mutex(respond) }
    }

    let port: UInt16
    private let descriptor: CInt
    private let state: State

    init(port: UInt16 = 0, _ respond: @escaping @Sendable (Request) -> Answer) throws {
        let state = State(respond)
        self.state = state
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.port = UInt16(bigEndian: address.sin_port)
        // Threads, not tasks: they block, and the pools of the system have few.
        Thread.detachNewThread { Self.accept(descriptor, state) }
    }

    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.received.withLock { $0 } }
    var connectionCount: Int { state.connections.withLock { $0.count } }

    func answer(_ respond: @escaping @Sendable (Request) -> Answer) { state.respond.withLock { $0 = respond } }

    /// Takes no more connections and ends those that there are.
    func stop() {
        // Once: the number of a closed descriptor is soon that of somebody else's.
        let wasStopped = state.isStopped.withLock { isStopped in
            defer { isStopped = true }
            return isStopped
        }
        if wasStopped { return }
        shutdown(descriptor, CInt(SHUT_RDWR))
        state.connections.withLock { for connection in $0 { shutdown(connection, CInt(SHUT_RDWR)) } }
    }

    private static func accept(_ descriptor: CInt, _ state: State) {
        while true {
            let connection = Foundation.accept(descriptor, nil, nil)
            if connection < 0 {
                close(descriptor)
                return
            }
            state.connections.withLock { $0.append(connection) }
            Thread.detachNewThread { serve(connection, state) }
        }
    }

    private static func serve(_ connection: CInt, _ state: State) {
        // Not closed: its number would be another connection's when the server stops.
        defer { shutdown(connection, CInt(SHUT_RDWR)) }
        var bytes: [UInt8] = []
        while let request = readRequest(connection, &bytes) {
            state.received.withLock { $0.append(request) }
            let answer = state.respond.withLock { $0 }(request)
            if answer.isSilent { return }
            let head = (["HTTP/1.1 \(answer.status) X", "Content-Length: \(answer.body.count)"] + answer.headers)
                .joined(separator: "\r\n")
            let whole = Array((head + "\r\n\r\n").utf8) + answer.body
            _ = send(connection, whole, whole.count, CInt(MSG_NOSIGNAL))
            if answer.closes { return }
        }
    }

    private static func readRequest(_ connection: CInt, _ bytes: inout [UInt8]) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = takeRequest(&bytes) { return request }
            let count = recv(connection, &chunk, chunk.count, 0)
            if count <= 0 { return nil }
            bytes += chunk[..<count]
        }
    }

    private static func takeRequest(_ bytes: inout [UInt8]) -> Request? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        let body = Array(bytes[end.upperBound..<end.upperBound + length])
        bytes.removeSubrange(..<(end.upperBound + length))
        let words = lines[0].split(separator: " ")
        return Request(line: words.prefix(2).joined(separator: " "), headers: headers, body: body)
    }
}
