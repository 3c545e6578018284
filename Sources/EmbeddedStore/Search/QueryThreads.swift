import Dispatch
import Glibc
import SpanStorage
import Synchronization

/// The threads on which questions are answered: few, and not those on which the server waits for its clients, so that a
/// slow disk delays questions and nothing else.
final class QueryThreads: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var running = 0
        // Oldest first.
        var waiting: [Job] = []
    }

    private let state = Mutex(State())
    private let begin: @Sendable (@escaping Job) -> Void
    private let runningMax: Int
    private let waitingMax: Int

    /// Threads that `begin` has somebody do work on; without it, those of the system.
    init(
        runningMax: Int = max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN))),
        waitingMax: Int = 1_000,
        begin: (@Sendable (@escaping Job) -> Void)? = nil
    ) {
        self.runningMax = runningMax
        self.waitingMax = waitingMax
        let queue = DispatchQueue(label: "martlet.query", qos: .userInitiated, attributes: .concurrent)
        self.begin = begin ?? { job in queue.async(execute: job) }
    }

    /// Answers a question when its turn has come; its time begins now.
    ///
    /// Throws `.overloaded` if too many wait already. When the task is cancelled, the meter says so to `body`.
    func run<Answer: Sendable>(
        _ budget: QueryBudget,
        _ body: @escaping @Sendable (QueryMeter) throws(SpanStoreError) -> Answer
    ) async throws(SpanStoreError) -> Answer {
        let cancellation = QueryMeter.Cancellation()
        let meter = QueryMeter(budget, cancellation)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTaken = add {
                    let result: Result<Answer, SpanStoreError>
                    do throws(SpanStoreError) { result = .success(try body(meter)) } catch { result = .failure(error) }
                    continuation.resume(returning: result)
                }
                if !isTaken { continuation.resume(returning: .failure(.overloaded(retryAfterSeconds: 1))) }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    /// Runs a job now or later; false if there is no room for it.
    private func add(_ job: @escaping Job) -> Bool {
        let isNext: Bool? = state.withLock { state in
            if state.running < runningMax {
                state.running += 1
                return true
            }
            if state.waiting.count >= waitingMax { return nil }
            state.waiting.append(job)
            return false
        }
        if isNext == true { begin { self.work(job) } }
        return isNext != nil
    }

    private func work(_ first: @escaping Job) {
        var job = first
        while true {
            job()
            let next: Job? = state.withLock { state in
                if state.waiting.isEmpty {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            guard let next else { return }
            job = next
        }
    }
}
