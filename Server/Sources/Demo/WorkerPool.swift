import Synchronization

/// So many at a time, the others in a queue.
///
/// Fault: it is too small for what the frontend wants at once, so routes are computed in steps.
final class WorkerPool: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(workers: Int) { state = Mutex(State(free: workers)) }

    func run<Value: Sendable>(_ work: () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            let mayStart = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if mayStart { continuation.resume() }
        }
        defer { leave() }
        return try await work()
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
