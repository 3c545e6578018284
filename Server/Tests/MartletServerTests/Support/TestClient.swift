// Safety: sockets of the C library; pointers live within one call each.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A bare TCP connection, with which a test can send what no proper client would.
final class TestClient {
    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    /// An answer as it came.
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String { String(decoding: bytes, as: UTF8.self) }
        var bytes: [UInt8]
    }

    private let descriptor: CInt
    private var received: [UInt8] = []

    init(port: Int, isDatagram: Bool = false) throws {
        #if canImport(Glibc)
        let type = CInt((isDatagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        #else
        let type = isDatagram ? SOCK_DGRAM : SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, type, 0)
        // struct sockaddr_in: family, port, address, eight bytes of nothing; elsewhere its length comes first.
        #if os(Linux)
        let family: [UInt8] = [UInt8(AF_INET), 0]
        #else
        let family: [UInt8] = [16, UInt8(AF_INET)]
        #endif
        let address = family + [UInt8(port >> 8), UInt8(port & 0xFF), 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
        let result = address.withUnsafeBytes { bytes -> CInt in
            guard let base = bytes.baseAddress else { return -1 }
            return connect(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if result != 0 { throw Failure("cannot connect to port \(port)") }
    }

    deinit { close(descriptor) }

    /// Sends bytes; says whether the other side still takes them.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        repeat {
            let count = rest.withContiguousStorageIfAvailable {
                systemSend(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard let count else { return false }
            // A child process that ends elsewhere in the tests interrupts calls here.
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            rest = rest.dropFirst(count)
        } while !rest.isEmpty
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    func get(_ path: String) async throws -> Answer {
        send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
        return try await answer()
    }

    func post(_ path: String, _ body: [UInt8], _ headers: [String: String] = [:]) async throws -> Answer {
        var head = "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        send(Array((head + "\r\n").utf8) + body)
        return try await answer()
    }

    /// Whether the other side has closed, with nothing left to read.
    func isClosed() async -> Bool {
        if !received.isEmpty { return false }
        return await !readMore()
    }

    /// Everything that comes until the other side closes, as text.
    func rest() async -> String {
        while await readMore() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// What comes next, as text; empty if nothing does.
    func some() async -> String {
        if received.isEmpty { _ = await readMore() }
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// The next answer.
    func answer() async throws -> Answer {
        while true {
            if let answer = nextAnswer() { return answer }
            if await !readMore() {
                throw Failure("the connection ended after \(String(decoding: received, as: UTF8.self).prefix(200))")
            }
        }
    }

    private func nextAnswer() -> Answer? {
        let mark: [UInt8] = [13, 10, 13, 10]
        guard let end = received.firstRange(of: mark) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard received.count >= end.upperBound + length else { return nil }
        let bytes = Array(received[end.upperBound..<end.upperBound + length])
        received.removeFirst(end.upperBound + length)
        return Answer(status: status, headers: headers, bytes: bytes)
    }

    /// Waits without holding a thread: the servers of the tests need those there are.
    private func readMore() async -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
            if count > 0 {
                received += buffer[..<count]
                return true
            }
            if count == 0 || errno != EAGAIN { return false }
            try? await Task.sleep(for: .milliseconds(1))
        }
        return false
    }
}

private let systemSend = send
