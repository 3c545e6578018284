// Safety: pointers that the C library takes live within one call each; the descriptor has one owner, which closes it.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A TCP connection whose every wait has a deadline, in nanoseconds of the monotonic clock.
struct StreamSocket: ~Copyable, Sendable {
    private static let readSize = 16 * 1024

    private let descriptor: CInt

    /// Connects to a host: to IPv4 first, and to whatever else it has when nobody listens there.
    init(host: String, port: UInt16, deadline: Int64) throws(HTTPFailure) {
        do {
            descriptor = try Self.connected(host, port, family: AF_INET, deadline)
        } catch .timedOut {
            throw .timedOut
        } catch {
            descriptor = try Self.connected(host, port, family: AF_UNSPEC, deadline)
        }
    }

    deinit { close(descriptor) }

    private static func connected(
        _ host: String,
        _ port: UInt16,
        family: CInt,
        _ deadline: Int64
    ) throws(HTTPFailure) -> CInt {
        let descriptor: CInt
        do throws(SocketFailure) {
            descriptor = try SocketAddresses.connect(host, port, .stream, family: family)
        } catch {
            throw .connection("\(host):\(port): \(error)")
        }
        do throws(HTTPFailure) {
            try wait(descriptor, for: Int16(POLLOUT), deadline)
            var code: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            if getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code != 0 {
                throw .connection("\(host):\(port): \(SocketFailure(errno: code))")
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Sends all bytes.
    func send(_ bytes: [UInt8], deadline: Int64) throws(HTTPFailure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                sendBytes(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                try Self.wait(descriptor, for: Int16(POLLOUT), deadline)
            } else if errno != EINTR {
                throw errno == EPIPE || errno == ECONNRESET
                    ? .closedEarly : .connection("\(SocketFailure(errno: errno))")
            }
        }
    }

    /// Appends what arrives next; false when the other side has ended.
    func receive(into bytes: inout [UInt8], deadline: Int64) throws(HTTPFailure) -> Bool {
        var chunk = [UInt8](repeating: 0, count: Self.readSize)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                bytes += chunk[..<count]
                return true
            }
            if count == 0 { return false }
            if errno == EAGAIN || errno == EWOULDBLOCK {
                try Self.wait(descriptor, for: Int16(POLLIN), deadline)
            } else if errno != EINTR {
                throw errno == ECONNRESET ? .closedEarly : .connection("\(SocketFailure(errno: errno))")
            }
        }
    }

    private static func wait(_ descriptor: CInt, for events: Int16, _ deadline: Int64) throws(HTTPFailure) {
        while true {
            let left = deadline - SystemClock().monotonicNanoseconds
            guard left > 0 else { throw .timedOut }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let count = poll(&entry, 1, CInt(clamping: left / 1_000_000 + 1))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw .connection("\(SocketFailure(errno: errno))") }
        }
    }
}

/// The C library's function, whose name means something else inside the type above.
private func sendBytes(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    // Darwin has no such flag; a write to a closed connection raises a signal that programs ignore or not.
    let withoutSignal: CInt = 0
    #else
    let withoutSignal = CInt(MSG_NOSIGNAL)
    #endif
    return send(descriptor, bytes, count, withoutSignal)
}
