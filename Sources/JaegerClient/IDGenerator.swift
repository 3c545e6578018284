import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Makes identifiers that are never 0 and, within one process, hardly ever the same.
///
/// SplitMix64 over a counter of each thread, begun somewhere else and mixed with another salt in each: two threads
/// share no memory, and an identifier takes a nanosecond where the system's generator takes half a microsecond.
/// It hides nothing from anyone and need not: identifiers are not secrets.
public final class IDGenerator: Sendable {
    static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The counter that all threads share; only in generators that make the same identifiers each time.
    private let counter: Atomic<UInt64>
    private let isSeeded: Bool
    private let salt: UInt64
    /// Where a thread's own counter is found.
    let key = SpareSpans.key

    /// A generator that makes other identifiers each time.
    public init() {
        counter = Atomic(0)
        salt = 0
        isSeeded = false
    }

    /// A generator that makes the same identifiers each time, for tests.
    public init(seed: UInt64, salt: UInt64 = 0) {
        counter = Atomic(seed)
        self.salt = salt
        isSeeded = true
    }

    /// The next identifier.
    public func next() -> UInt64 {
        SpareSpans.withThreadState(key) { next($0) }
    }

    /// The next identifier, for who has found the thread's memory already.
    @inline(__always)
    func next(_ thread: SpareSpans.Thread) -> UInt64 { isSeeded ? nextSeeded() : thread.nextID() }

    @inline(never)
    private func nextSeeded() -> UInt64 {
        while true {
            let (_, count) = counter.wrappingAdd(Self.step, ordering: .relaxed)
            let mixed = Self.mix(count ^ salt)
            if mixed != 0 { return mixed }
        }
    }

    @inline(__always)
    static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
