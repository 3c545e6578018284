import Dispatch
import Synchronization

/// A thread on which the store does one thing after another; a test may stand a simulated one in its place.
protocol WorkThread: Sendable {
    /// Processor time that the work has taken so far, in nanoseconds.
    var spentNanoseconds: UInt64 { get }
    /// Does some work after what was given before.
    func run(_ work: @escaping @Sendable () -> Void)
    /// Does some work after so many milliseconds.
    func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void)
}

/// A thread of the system's.
struct DispatchThread: WorkThread {
    private let queue: DispatchQueue
    private let spent = Spent()

    /// A thread that answers are waited for, or one that works behind the scenes.
    init(_ name: String, isUrgent: Bool) {
        queue = DispatchQueue(label: name, qos: isUrgent ? .userInitiated : .utility)
    }

    var spentNanoseconds: UInt64 { spent.nanoseconds.load(ordering: .relaxed) }

    func run(_ work: @escaping @Sendable () -> Void) {
        queue.async { [spent] in spent.measure(work) }
    }

    func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [spent] in spent.measure(work) }
    }

    /// A queue moves from one of the system's threads to another, so each piece of work is measured by itself.
    private final class Spent: Sendable {
        let nanoseconds = Atomic<UInt64>(0)

        func measure(_ work: () -> Void) {
            let began = threadClock()
            work()
            nanoseconds.wrappingAdd(threadClock() &- began, ordering: .relaxed)
        }
    }
}

extension WorkThread {
    /// Returns when all that was given before is done.
    func drained() async {
        await withCheckedContinuation { continuation in
            run { continuation.resume() }
        }
    }
}
