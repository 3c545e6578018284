// Safety: the address structure is rebound only for the length of the one system call that reads it, and buffers are
// lent to system calls together with their own counts.

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A blocking socket on this machine, with a timeout on every call.
///
/// The tests speak to the server over plain sockets and no HTTP library: a library may send a request again by itself
/// when a connection breaks, and then "nothing is doubled" could not be tested.
struct Socket: ~Copyable {
    private let descriptor: Int32

    enum Kind { case stream, datagram }

    init(_ kind: Kind, port: Int, timeoutSeconds: Int = 10) throws {
        let opened = try Socket.open(kind)
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(opened, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        guard Socket.withAddress(port: port, { connect(opened, $0, $1) }) == 0 else {
            let reason = Socket.reason()
            close(opened)
            throw HarnessError("cannot connect to port \(port): \(reason)")
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let sent = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                let flags: Int32 = 0
                #else
                let flags = Int32(MSG_NOSIGNAL)
                #endif
                let rest = UnsafeRawBufferPointer(rebasing: buffer[start...])
                return systemSend(descriptor, rest.baseAddress, rest.count, flags)
            }
            guard sent > 0 else { throw HarnessError("cannot send: \(Socket.reason())") }
            start += sent
        }
    }

    /// Up to 64 KiB; empty when the other side has closed.
    func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw HarnessError("cannot receive: \(Socket.reason())") }
        return Array(buffer[..<count])
    }

    /// Says that nothing more will be sent, and leaves the other direction open.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether nothing listens on the port, neither over TCP nor over UDP.
    static func isFree(port: Int) -> Bool {
        [Kind.stream, .datagram].allSatisfy { kind in
            guard let descriptor = try? Socket.open(kind) else { return false }
            defer { close(descriptor) }
            return withAddress(port: port) { bind(descriptor, $0, $1) } == 0
        }
    }

    private static func open(_ kind: Kind) throws -> Int32 {
        #if canImport(Darwin)
        let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
        #else
        let type = Int32((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        #endif
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw HarnessError("cannot open a socket: \(reason())") }
        return descriptor
    }

    private static func withAddress<R>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

private let systemSend = send
