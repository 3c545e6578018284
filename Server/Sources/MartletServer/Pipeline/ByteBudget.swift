import GRPCServer
import Synchronization

/// How many bytes of requests are under way, and how many may be: what keeps a flood out of memory.
final class ByteBudget: Sendable {
    /// The most that may be reserved at a time.
    let bytesMax: Int
    private let reserved = Atomic<Int>(0)
    private let released = Atomic<Int>(0)
    private let drain = Mutex(Drain())

    /// How fast reserved bytes are given back, looked at whenever somebody is refused.
    private struct Drain {
        var at = ContinuousClock.now
        var released = 0
        var bytesPerSecond = 0.0
    }

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes that are reserved now.
    var bytes: Int { reserved.load(ordering: .relaxed) }

    /// Reserves bytes, or says that there is no room for them.
    func reserve(_ count: Int) -> Bool {
        let (_, after) = reserved.add(count, ordering: .relaxed)
        if after <= bytesMax { return true }
        reserved.subtract(count, ordering: .relaxed)
        return false
    }

    /// Whether there is room for so many bytes at the moment.
    func hasRoom(for count: Int) -> Bool {
        bytes + count <= bytesMax
    }

    /// Gives reserved bytes back.
    func release(_ count: Int) {
        reserved.subtract(count, ordering: .relaxed)
        released.add(count, ordering: .relaxed)
    }

    /// When those who are refused should try again: about when what is under way will be done.
    ///
    /// From 1 to 30 seconds, and up to a fifth more by chance, so that they do not all return at once.
    var retryAfterSeconds: Int {
        let rate = drain.withLock { drain in
            let now = ContinuousClock.now
            let seconds = Double((now - drain.at).milliseconds) / 1_000
            if seconds >= 1 {
                let total = released.load(ordering: .relaxed)
                drain.bytesPerSecond = Double(total - drain.released) / seconds
                drain.at = now
                drain.released = total
            }
            return drain.bytesPerSecond
        }
        let seconds = rate > 0 ? (Double(bytes) / rate).rounded(.up) : 1
        let bounded = min(max(seconds, 1), 30)
        return Int(bounded + (bounded * Double.random(in: 0...0.2)).rounded())
    }
}

extension ByteBudget: GRPCAdmission {
    func reserve(_ bytes: Int) -> GRPCStatus? {
        let isReserved: Bool = reserve(bytes)
        return isReserved ? nil : busy
    }

    func refusal(for bytes: Int) -> GRPCStatus? {
        hasRoom(for: bytes) ? nil : busy
    }

    private var busy: GRPCStatus {
        let refusal = SiteRefusal.busy(retryAfterSeconds: retryAfterSeconds)
        return GRPCStatus(.unavailable, refusal.words, retryAfterSeconds: refusal.retryAfterSeconds)
    }
}
