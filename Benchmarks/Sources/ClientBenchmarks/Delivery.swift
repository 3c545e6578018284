// Safety: pointers that the C library takes live within one call each; the descriptor is closed by `stop`.

import CAllocations
import Foundation
import JaegerClient
import Measuring
import OpenTracing
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Sends spans at a rate over real sockets and counts what arrives.
enum Delivery {
    private static let name = "delivery-span"

    /// A million spans at 50,000 a second, then a server that is away for ten seconds, then one that is back.
    static func run() async {
        do {
            let listener = try CountingListener()
            listener.countSpans(named: name)
            let (tracer, reporter) = makeTracer(port: listener.port)
            await send(1_000_000, perSecond: 50_000, tracer)
            await tracer.flush()
            await listener.wait(for: 1_000_000)
            print("1,000,000 spans at 50,000/s: received \(listener.spans), \(reporter.statistics)")

            listener.stop()
            let before = residentBytes()
            var peak = before
            for _ in 0..<10 {
                await send(50_000, perSecond: 50_000, tracer)
                peak = max(peak, residentBytes())
            }
            print("server away for 10 s: \(reporter.statistics)")
            print("memory before \(before >> 20) MiB, at most \(peak >> 20) MiB")

            let back = try CountingListener(port: listener.port)
            back.countSpans(named: name)
            await send(100_000, perSecond: 50_000, tracer)
            await tracer.close()
            await back.wait(for: 100_000)
            print("server back, 100,000 spans and close(): received \(back.spans), \(reporter.statistics)")
        } catch {
            print("no socket: \(error)")
        }
    }

    /// How much of one core it takes to make and send so many spans a second, for ten seconds.
    static func measureRate(spansPerSecond: Int) async {
        do {
            let listener = try CountingListener()
            let (tracer, _) = makeTracer(port: listener.port)
            let idle = await cpuShare { await pace(10 * spansPerSecond, perSecond: spansPerSecond) {} }
            let share = await cpuShare { await send(10 * spansPerSecond, perSecond: spansPerSecond, tracer) }
            await tracer.close()
            print(
                "\(spansPerSecond) spans/s: \(fixed(share * 100, 2)) % of one core, of which the pacing loop alone",
                "\(fixed(idle * 100, 2)) %"
            )
        } catch {
            print("no socket: \(error)")
        }
    }

    private static func makeTracer(port: UInt16) -> (JaegerTracer, UDPReporter) {
        var settings = UDPReporter.Settings()
        (settings.host, settings.port) = ("127.0.0.1", port)
        settings.queueCapacitySpans = 20_000
        let reporter = UDPReporter(serviceName: "bench", settings: settings)
        return (JaegerTracer(serviceName: "bench", sampler: ConstSampler(true), reporter: reporter), reporter)
    }

    private static func send(_ count: Int, perSecond: Int, _ tracer: JaegerTracer) async {
        await pace(count, perSecond: perSecond) {
            let span = tracer.startSpan(name)
            span.setTag("http.route", to: "/orders/{id}")
            span.setTag("http.response.status_code", to: 200)
            span.finish()
        }
    }

    /// Calls `body` so many times, as evenly as a sleep of a few milliseconds lets it.
    private static func pace(_ count: Int, perSecond: Int, _ body: () -> Void) async {
        let start = wallNanoseconds()
        var done = 0
        while done < count {
            let due = min(count, Int(Double(wallNanoseconds() - start) / 1e9 * Double(perSecond)))
            while done < due {
                body()
                done += 1
            }
            usleep(5000)
        }
    }

    private static func cpuShare(_ body: () async -> Void) async -> Double {
        let (cpu, wall) = (processNanoseconds(), wallNanoseconds())
        await body()
        return Double(processNanoseconds() - cpu) / Double(wallNanoseconds() - wall)
    }
}

/// Memory that the process has in use, by the system's count.
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    fgets(&buffer, CInt(buffer.count), file)
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(CInt(_SC_PAGESIZE))) : 0
}

/// Makes spans of every kind and looks whether memory grows.
func measureLeak(spans: Int) async {
    let tracers = [true, false].map { isSampled in
        JaegerTracer(serviceName: "bench", sampler: ConstSampler(isSampled), reporter: NullReporter())
    }
    for part in 0...10 {
        if part > 0 {
            for _ in 0..<spans / 20 {
                for tracer in tracers {
                    let span = tracer.startSpan("work")
                    tenTags(span)
                    span.log(event: "step")
                    span.setBaggageItem("user", to: "7")
                    span.finish()
                }
            }
        }
        let count = part * spans / 10
        print("\(count) spans: \(allocations_live()) pieces of memory, \(residentBytes() >> 10) KiB resident")
    }
}

/// A UDP socket, and a thread that counts how often a name stands in what arrives.
final class CountingListener: Sendable {
    struct Failure: Error { let code: Int32 }

    let port: UInt16
    private let descriptor: CInt
    private let count = Atomic(0)

    init(port wanted: UInt16 = 0) throws {
        descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
        var size: CInt = 8 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw Failure(code: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    var spans: Int { count.load(ordering: .relaxed) }

    func countSpans(named name: String) {
        let needle = Array(name.utf8)
        let thread = Thread { [self] in
            var bytes = [UInt8](repeating: 0, count: 65_536)
            while true {
                let size = recv(descriptor, &bytes, bytes.count, 0)
                if size <= 0 { return }
                var found = 0
                var index = 0
                while index + needle.count <= size {
                    if bytes[index] == needle[0], bytes[index..<index + needle.count].elementsEqual(needle) {
                        found += 1
                        index += needle.count
                    } else {
                        index += 1
                    }
                }
                count.wrappingAdd(found, ordering: .relaxed)
            }
        }
        thread.start()
    }

    /// Returns when so many spans have arrived, or none did for five seconds.
    func wait(for wanted: Int) async {
        var last = (spans, wallNanoseconds())
        while spans < wanted, wallNanoseconds() - last.1 < 5_000_000_000 {
            if spans != last.0 { last = (spans, wallNanoseconds()) }
            usleep(10_000)
        }
    }

    func stop() {
        shutdown(descriptor, CInt(SHUT_RDWR))
        close(descriptor)
    }
}
