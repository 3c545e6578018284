// Safety: sockets are made with the C library; pointers live within one call each, and a descriptor has one owner,
// which closes it or gives it to NIO.

import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A bound socket that nothing reads yet.
///
/// All ports are bound, by hand, before anything else starts: a port that is taken then leaves nothing half-started
/// behind, and what arrives while the store opens waits in the kernel instead of being refused.
struct ListenSocket: Sendable {
    enum Kind: Sendable { case stream, datagram }

    let descriptor: CInt
    /// The address it got; with the port that the system chose if 0 was asked for.
    let address: SocketAddress
    let kind: Kind

    /// Binds all addresses of a host: two for `localhost`, where the machine has IPv6.
    static func bind(host: String, port: Int, kind: Kind) throws(BindError) -> [ListenSocket] {
        if host != "localhost" {
            let address: SocketAddress
            do {
                address = try SocketAddress.makeAddressResolvingHost(host.isEmpty ? "0.0.0.0" : host, port: port)
            } catch {
                throw BindError(host: host, port: port, code: EADDRNOTAVAIL, isUnknownHost: true)
            }
            return [try bind(address, host: host, kind: kind)]
        }
        let four: SocketAddress
        do { four = try SocketAddress(ipAddress: "127.0.0.1", port: port) } catch {
            throw BindError(host: host, port: port, code: EADDRNOTAVAIL)
        }
        let first = try bind(four, host: "127.0.0.1", kind: kind)
        let chosen = first.address.port ?? port
        do {
            let six = try SocketAddress(ipAddress: "::1", port: chosen)
            return [first, try bind(six, host: "::1", kind: kind)]
        } catch let error as BindError {
            // No IPv6 on this machine, or a free port was asked for and is free on IPv4 alone: one socket will do.
            if error.code != EADDRINUSE || port == 0 { return [first] }
            first.close()
            throw error
        } catch {
            return [first]
        }
    }

    /// Closes a socket that was not given to NIO.
    func close() {
        #if canImport(Darwin)
        _ = Darwin.close(descriptor)
        #elseif canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Musl.close(descriptor)
        #endif
    }

    private static func bind(_ address: SocketAddress, host: String, kind: Kind) throws(BindError) -> ListenSocket {
        let port = address.port ?? 0
        let family: CInt
        switch address {
        case .v4: family = AF_INET
        case .v6: family = AF_INET6
        case .unixDomainSocket: throw BindError(host: host, port: port, code: EADDRNOTAVAIL)
        }
        let type: CInt
        #if canImport(Glibc)
        type = CInt((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        #else
        type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
        #endif
        let descriptor = socket(family, type, 0)
        if descriptor < 0 { throw BindError(host: host, port: port, code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        if kind == .stream { setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
        if family == AF_INET6, address.ipAddress != "::" { setOption(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        // A burst overflows the usual 208 KiB; the kernel gives as much of this as the machine allows.
        if kind == .datagram { setOption(descriptor, SOL_SOCKET, SO_RCVBUF, 8 << 20) }
        var result = address.withSockAddr { pointer, size in
            systemBind(descriptor, pointer, socklen_t(size))
        }
        if result == 0, kind == .stream { result = listen(descriptor, 4096) }
        let code = errno
        guard result == 0, let bound = localAddress(descriptor, like: address) else {
            let unbound = ListenSocket(descriptor: descriptor, address: address, kind: kind)
            unbound.close()
            throw BindError(host: host, port: port, code: result == 0 ? EINVAL : code)
        }
        return ListenSocket(descriptor: descriptor, address: bound, kind: kind)
    }

    private static func setOption(_ descriptor: CInt, _ level: CInt, _ name: CInt, _ value: CInt) {
        var value = value
        _ = setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func localAddress(_ descriptor: CInt, like address: SocketAddress) -> SocketAddress? {
        // 128 bytes hold the address of any family.
        var storage = [UInt8](repeating: 0, count: 128)
        var size = socklen_t(storage.count)
        return storage.withUnsafeMutableBytes { bytes -> SocketAddress? in
            guard let base = bytes.baseAddress else { return nil }
            guard getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return nil }
            switch address {
            case .v4: return SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
            case .v6: return SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
            case .unixDomainSocket: return nil
            }
        }
    }
}

/// `bind` of the C library, beside methods of the same name.
private func systemBind(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> CInt {
    bind(descriptor, address, size)
}

/// Why a port could not be had.
struct BindError: Error, Sendable {
    var host: String
    var port: Int
    var code: CInt
    var isUnknownHost = false

    /// What is wrong and what to do; `setting` chooses the port.
    func message(setting: SettingName) -> String {
        let knobs = "\(setting.flag) (or \(setting.variable))"
        if isUnknownHost { return "there is no host \"\(host)\" to listen on; see \(knobs) and --listen-host" }
        switch code {
        case EADDRINUSE:
            return
                "port \(port) is taken on \(host): another program listens there, perhaps another martlet or Jaeger; "
                + "stop it, or choose another port with \(knobs)"
        case EACCES:
            return "port \(port) on \(host) needs more rights than this process has; choose another with \(knobs)"
        case EADDRNOTAVAIL:
            return "this machine has no address \(host) to listen on; see \(knobs) and --listen-host"
        default:
            return "cannot listen on \(host), port \(port): \(String(cString: strerror(code))); see \(knobs)"
        }
    }
}
