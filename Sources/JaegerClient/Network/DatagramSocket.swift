// Safety: pointers that the C library takes live within one call each; the descriptor has one owner, which closes it.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A UDP socket that is connected to one address, so that the system tells when nobody listens there.
struct DatagramSocket: ~Copyable, Sendable {
    typealias Failure = SocketFailure

    private let descriptor: CInt

    /// Looks up a host and connects to it; of any family, to IPv4 first, as Jaeger's agents listen there.
    init(host: String, port: UInt16, family: UDPReporter.Settings.AddressFamily) throws(Failure) {
        switch family {
        case .ipv4: descriptor = try SocketAddresses.connect(host, port, .datagram, family: AF_INET)
        case .ipv6: descriptor = try SocketAddresses.connect(host, port, .datagram, family: AF_INET6)
        case .any:
            do {
                descriptor = try SocketAddresses.connect(host, port, .datagram, family: AF_INET)
            } catch {
                descriptor = try SocketAddresses.connect(host, port, .datagram, family: AF_UNSPEC)
            }
        }
    }

    deinit { close(descriptor) }

    /// Sends a datagram, or throws at once.
    func send(_ bytes: [UInt8]) throws(Failure) {
        while true {
            let count = bytes.withUnsafeBytes { buffer in
                sendDatagram(descriptor, buffer.baseAddress, buffer.count)
            }
            if count >= 0 { return }
            if errno != EINTR { throw Failure(errno: errno) }
        }
    }

    /// What became known about a datagram after it was sent, if anything did.
    func takePendingFailure() -> Failure? {
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code != 0 else { return nil }
        return Failure(errno: code)
    }
}

/// The C library's function, whose name means something else inside the type above.
private func sendDatagram(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    let withoutSignal: CInt = 0
    #else
    let withoutSignal = CInt(MSG_NOSIGNAL)
    #endif
    return send(descriptor, bytes, count, withoutSignal | CInt(MSG_DONTWAIT))
}
