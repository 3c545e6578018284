// Safety: the list of interfaces is walked before it is freed, at the end of the function, and nothing of it is kept.

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the machine is called and reached by.
enum LocalHost {
    /// The machine's name, or `localhost`.
    static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return text(buffer)
    }

    /// The first IPv4 address that other machines can reach, or the one that only this machine can.
    static var address: String {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return "127.0.0.1" }
        defer { freeifaddrs(list) }
        var next = list
        while let interface = next?.pointee {
            next = interface.ifa_next
            let isUsable = Int64(interface.ifa_flags) & Int64(IFF_UP) != 0
            let isLoopback = Int64(interface.ifa_flags) & Int64(IFF_LOOPBACK) != 0
            guard isUsable, !isLoopback, let address = interface.ifa_addr,
                CInt(address.pointee.sa_family) == AF_INET
            else { continue }
            var buffer = [CChar](repeating: 0, count: 64)
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            if getnameinfo(address, size, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0 {
                return text(buffer)
            }
        }
        return "127.0.0.1"
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
