import TraceModel

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the process takes of the machine; nil where the system does not say.
struct ProcessUsage: Sendable {
    /// Seconds of CPU since its start, in user and system mode.
    var cpuSeconds: Double?
    /// Bytes of memory that are resident.
    var residentBytes: UInt64?

    /// The usage now, from what Linux tells of a process.
    static var now: ProcessUsage {
        ProcessUsage(cpuSeconds: cpuSeconds(), residentBytes: residentBytes())
    }

    private static func cpuSeconds() -> Double? {
        // The second field is the program's name in parentheses, which may hold anything; user and system time, in
        // ticks, are the 12th and 13th after it (proc(5)).
        let text = readSmallFile("/proc/self/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    private static func residentBytes() -> UInt64? {
        // Pages: total, resident, shared and so on.
        let fields = readSmallFile("/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return nil }
        return pages * UInt64(sysconf(CInt(_SC_PAGESIZE)))
    }
}

extension ProcessUsage {
    /// Adds it to what Prometheus reads, with the version.
    func add(to text: inout PrometheusText, startedAt: UTCTime) {
        if let seconds = cpuSeconds {
            text.add("process_cpu_seconds_total", .counter, "CPU time, user and system.", seconds)
        }
        if let bytes = residentBytes {
            text.add("process_resident_memory_bytes", .gauge, "Resident memory.", bytes)
        }
        let start = Double(startedAt.nanoseconds / 1_000_000) / 1000
        text.add("process_start_time_seconds", .gauge, "When the process started, since 1970.", start)
        text.begin("martlet_build_info", .gauge, "The version.")
        text.sample("martlet_build_info", [("version", Martlet.version)], 1)
    }
}

/// The beginning of a file of the kernel's, at most a page or so; empty if there is none.
func readSmallFile(_ path: String, bytesMax: Int = 64 << 10) -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    var count = 0
    while count < bytesMax {
        let part = bytes[count...].withContiguousMutableStorageIfAvailable {
            read(descriptor, $0.baseAddress, $0.count)
        }
        guard let part, part > 0 else { break }
        count += part
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
}
