// Safety: the list of addresses lives until it is freed at the end of the function, and nothing of it is kept; pointers
// that the C library takes live within one call each.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why bytes were not sent.
enum SocketFailure: Error, Hashable, CustomStringConvertible {
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

/// Names and addresses of hosts.
enum SocketAddresses {
    enum Kind { case datagram, stream }

    /// Looks up a host and connects a new socket to the first of its addresses that takes it.
    ///
    /// A stream's connection may still be under way when this returns: its socket is set not to block.
    ///
    /// - Returns: The descriptor, which the caller closes.
    static func connect(
        _ host: String,
        _ port: UInt16,
        _ kind: Kind,
        family: CInt
    ) throws(SocketFailure) -> CInt {
        var hints = addrinfo()
        hints.ai_family = family
        #if canImport(Glibc)
        hints.ai_socktype = kind == .datagram ? CInt(SOCK_DGRAM.rawValue) : CInt(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = kind == .datagram ? SOCK_DGRAM : SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = list else { throw .unknownHost(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(first) }

        var failure = SocketFailure.system(EADDRNOTAVAIL)
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next?.pointee {
            next = address.ai_next
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if descriptor < 0 {
                failure = SocketFailure(errno: errno)
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            if kind == .stream { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
            if connectSocket(descriptor, address.ai_addr, address.ai_addrlen) == 0 || errno == EINPROGRESS {
                return descriptor
            }
            failure = SocketFailure(errno: errno)
            close(descriptor)
        }
        throw failure
    }
}

/// The C library's function, whose name means something else inside the type above.
private func connectSocket(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> CInt {
    connect(descriptor, address, size)
}
