import Synchronization
import Tracing

/// Where the drivers are, by a cache that now and then does not answer in time.
///
/// Fault: the drivers are read one after the other, though nothing keeps them from being read at once; and some of the
/// reads time out, fail, and are repeated.
final class DriverStore: Sendable {
    struct TimedOut: Error, CustomStringConvertible {
        let driver: String
        var description: String { "redis timeout: no answer for \(driver)" }
    }

    private let reads = Mutex(0)

    func nearest(to location: String) async throws -> [String] {
        let drivers = try await withSpan("FindDriverIDs", ofKind: .client) { span in
            span.attributes["peer.service"] = "redis"
            span.attributes["location"] = location
            try await Task.sleep(for: Faults.readTime * 2)
            return (0..<Faults.drivers).map { "T7\($0)\(location.count)C" }
        }
        for driver in drivers {
            do { try await read(driver) } catch { try await read(driver, isRepeated: true) }
        }
        return drivers
    }

    /// A read that is repeated does not time out again: others read meanwhile, and chance would end the request.
    private func read(_ driver: String, isRepeated: Bool = false) async throws {
        try await withSpan("GetDriver", ofKind: .client) { span in
            span.attributes["peer.service"] = "redis"
            span.attributes["driver"] = driver
            let count = reads.withLock { reads in
                reads += 1
                return reads
            }
            if !isRepeated, count % Faults.readsPerTimeout == 0 {
                try await Task.sleep(for: Faults.readTimeout)
                throw TimedOut(driver: driver)
            }
            try await Task.sleep(for: Faults.readTime)
        }
    }
}
