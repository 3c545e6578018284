/// Datagrams that the kernel threw away because a socket's buffer was full: losses that nobody else can count.
enum KernelDrops {
    /// The counts by local port, of sockets of all processes; empty where the system does not tell.
    static var byPort: [Int: UInt64] {
        var drops: [Int: UInt64] = [:]
        for path in ["/proc/net/udp", "/proc/net/udp6"] {
            add(readSmallFile(path, bytesMax: 1 << 20), to: &drops)
        }
        return drops
    }

    /// Adds a table of Linux's: a line of titles, then a line a socket, with the address second and the drops last.
    static func add(_ table: String, to drops: inout [Int: UInt64]) {
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count >= 13, let colon = fields[1].lastIndex(of: ":"),
                let port = Int(fields[1][fields[1].index(after: colon)...], radix: 16),
                let count = UInt64(fields[12])
            else { continue }
            drops[port, default: 0] += count
        }
    }
}
