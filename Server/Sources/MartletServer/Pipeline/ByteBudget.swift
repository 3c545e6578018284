import GRPCServer
import NIOCore
import SpanStorage
import Synchronization

/// How many bytes of requests are under way, and how many may be: what keeps a flood out of memory.
final class ByteBudget: Sendable {
    /// The most that may be reserved at a time.
    let bytesMax: Int
    private let reserved = Atomic<Int>(0)
    private let released = Atomic<Int>(0)
    private let drain = Mutex(DrainRate())

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
        let now = NIODeadline.now().uptimeNanoseconds
        let drained = released.load(ordering: .relaxed)
        return Self.spread(drain.withLock { $0.secondsToDrain(bytes, drained: drained, now: now) })
    }

    /// Up to a fifth more by chance.
    static func spread(_ seconds: Int) -> Int {
        seconds + Int((Double(seconds) * Double.random(in: 0...0.2)).rounded())
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
