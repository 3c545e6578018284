/// How many traces a second begin with each operation of each service, over the last minute.
///
/// It holds no clock: whoever asks says what time it is, in seconds from any beginning.
public struct RootRates: Sendable {
    /// Traces of one operation, by the minute.
    private struct Count: Sendable {
        var minute: UInt64
        var current: Int
        var previous: Int

        /// The same with `minute` as the current one.
        func moved(to minute: UInt64) -> Count {
            if minute <= self.minute { return self }
            return Count(minute: minute, current: 0, previous: minute == self.minute + 1 ? current : 0)
        }
    }

    /// Operations that are followed at a time; those of the last two minutes keep out further ones.
    public static let operationsMax = 20_000

    private var services: [String: [String: Count]] = [:]
    private var count = 0

    /// Nothing has begun yet.
    public init() {}

    /// Counts traces that began.
    public mutating func observe(service: String, operation: String, count new: Int, at seconds: Double) {
        let minute = UInt64(max(0, seconds) / 60)
        if var known = services[service]?[operation]?.moved(to: minute) {
            known.current += new
            services[service]?[operation] = known
            return
        }
        if count >= Self.operationsMax { forget(before: minute) }
        if count >= Self.operationsMax { return }
        services[service, default: [:]][operation] = Count(minute: minute, current: new, previous: 0)
        count += 1
    }

    /// Traces a second, by service and operation; those of which none began lately are not there.
    ///
    /// The minute that is not over yet is completed by the share of the last one that it lacks.
    public func rates(at seconds: Double) -> [String: [String: Double]] {
        let minute = UInt64(max(0, seconds) / 60)
        let rest = 1 - (max(0, seconds) / 60 - Double(minute))
        var rates: [String: [String: Double]] = [:]
        for (service, operations) in services {
            for (operation, count) in operations {
                let now = count.moved(to: minute)
                let traces = Double(now.current) + rest * Double(now.previous)
                if traces > 0 { rates[service, default: [:]][operation] = traces / 60 }
            }
        }
        return rates
    }

    private mutating func forget(before minute: UInt64) {
        services = services.mapValues { $0.filter { $0.value.minute + 1 >= minute } }.filter { !$0.value.isEmpty }
        count = services.reduce(0) { $0 + $1.value.count }
    }
}
