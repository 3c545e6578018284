import Dispatch

/// A thread on which the store does one thing after another; a test may stand a simulated one in its place.
protocol WorkThread: Sendable {
    /// Does some work after what was given before.
    func run(_ work: @escaping @Sendable () -> Void)
    /// Does some work after so many milliseconds.
    func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void)
}

/// A thread of the system's.
struct DispatchThread: WorkThread {
    private let queue: DispatchQueue

    /// A thread that answers are waited for, or one that works behind the scenes.
    init(_ name: String, isUrgent: Bool) {
        queue = DispatchQueue(label: name, qos: isUrgent ? .userInitiated : .utility)
    }

    func run(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: work)
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
