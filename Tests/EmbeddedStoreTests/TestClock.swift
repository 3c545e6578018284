import Synchronization

/// A clock that the test moves: nanoseconds since 1970.
final class TestClock: Sendable {
    private let value: Mutex<UInt64>

    init(_ start: UInt64) { value = Mutex(start) }

    var now: UInt64 { value.withLock { $0 } }

    func advance(_ nanoseconds: UInt64) { value.withLock { $0 += nanoseconds } }
}
