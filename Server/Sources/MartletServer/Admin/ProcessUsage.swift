#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the process takes of the machine.
struct ProcessUsage: Sendable {
    /// Seconds of CPU since its start, in user and system mode.
    var cpuSeconds: Double
    /// Bytes of memory that are resident; nil where the system does not say.
    var residentBytes: UInt64?
    /// Open descriptors, nil where the system does not say.
    var openDescriptors: Int?

    /// The usage now.
    static var now: ProcessUsage {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(CInt(RUSAGE_SELF.rawValue), &usage)
        #else
        getrusage(RUSAGE_SELF, &usage)
        #endif
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        let microseconds = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        return ProcessUsage(
            cpuSeconds: seconds + microseconds / 1_000_000,
            residentBytes: residentBytes(),
            openDescriptors: nil
        )
    }

    private static func residentBytes() -> UInt64? {
        // Pages: total, resident, shared and so on, on one line.
        let fields = readSmallFile("/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return nil }
        return pages * UInt64(sysconf(CInt(_SC_PAGESIZE)))
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
