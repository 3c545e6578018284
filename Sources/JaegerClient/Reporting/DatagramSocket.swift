// Safety: pointers that the C library gives or takes live within one call each, the list of addresses until it is
// freed at the end of the function; the descriptor has one owner, which closes it.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A UDP socket that is connected to one address, so that the system tells when nobody listens there.
struct DatagramSocket: ~Copyable, Sendable {
    /// Why a datagram was not sent.
    enum Failure: Error, Hashable, CustomStringConvertible {
        /// The host has no address: the resolver's words.
        case unknownHost(String)
        /// Nobody listens; told at the datagram after the one that found nobody.
        case refused
        /// The datagram is larger than the system sends.
        case tooLarge
        /// Anything else, by its `errno`.
        case system(Int32)

        var description: String {
            switch self {
            case .unknownHost(let reason): reason
            case .refused: "nobody listens there"
            case .tooLarge: "the system does not send datagrams of that size"
            case .system(let code): String(cString: strerror(code))
            }
        }

        init(errno code: Int32) {
            switch code {
            case ECONNREFUSED: self = .refused
            case EMSGSIZE: self = .tooLarge
            default: self = .system(code)
            }
        }
    }

    private let descriptor: CInt

    /// Looks up a host and connects to it; IPv4 goes first, as Jaeger's agents listen there.
    init(host: String, port: UInt16) throws(Failure) {
        do {
            descriptor = try Self.connect(host, port, family: AF_INET)
        } catch {
            descriptor = try Self.connect(host, port, family: AF_UNSPEC)
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

    private static func connect(_ host: String, _ port: UInt16, family: CInt) throws(Failure) -> CInt {
        var hints = addrinfo()
        hints.ai_family = family
        #if canImport(Glibc)
        hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
        #else
        hints.ai_socktype = SOCK_DGRAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = list else { throw .unknownHost(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(first) }

        var failure = Failure.system(EADDRNOTAVAIL)
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next?.pointee {
            next = address.ai_next
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if descriptor < 0 {
                failure = Failure(errno: errno)
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            if connectSocket(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
            failure = Failure(errno: errno)
            close(descriptor)
        }
        throw failure
    }
}

/// The C library's functions, whose names mean something else inside the type above.
private func connectSocket(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> CInt {
    connect(descriptor, address, size)
}

private func sendDatagram(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    let withoutSignal: CInt = 0
    #else
    let withoutSignal = CInt(MSG_NOSIGNAL)
    #endif
    return send(descriptor, bytes, count, withoutSignal | CInt(MSG_DONTWAIT))
}
