import Synchronization

/// A clock that a test sets.
final class TestClock: Sendable {
    private let time: Mutex<UInt64>

    init(_ start: UInt64 = 1_700_000_000_000_000_000) { time = Mutex(start) }

    /// Nanoseconds since 1970.
    var now: UInt64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}
