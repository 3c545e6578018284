import Synchronization

@testable import EmbeddedStore

/// The store's threads and those who ask it, run by the test one step at a time in an order that a seed decides.
final class SimulatedThreads: Sendable {
    private struct State {
        var random: SplitMix
        var waiting: [[@Sendable () -> Void]] = [[], [], [], []]
        var later: [(thread: Int, work: @Sendable () -> Void)] = []
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(random: SplitMix(state: seed))) }

    /// One of the threads.
    func thread(_ number: Int) -> any WorkThread { Thread(threads: self, number: number) }

    /// All that a store needs; questions are answered at once.
    var ofStore: EmbeddedStore.Threads {
        let questions = QueryThreads(runningMax: 100) { $0() }
        return EmbeddedStore.Threads(log: thread(0), seal: thread(1), upkeep: thread(2), questions: questions)
    }

    /// Where those go on who wait for the store.
    var executor: any TaskExecutor { Executor(thread: thread(3)) }

    /// Does the next thing of a thread that has any; false if none has.
    func step() -> Bool {
        let work: (@Sendable () -> Void)? = state.withLock { state in
            let busy = state.waiting.indices.filter { !state.waiting[$0].isEmpty }
            guard let thread = busy.randomElement(using: &state.random) else { return nil }
            return state.waiting[thread].removeFirst()
        }
        work?()
        return work != nil
    }

    /// Lets the time come for what was to be done later.
    func passTime() {
        state.withLock { state in
            for (thread, work) in state.later { state.waiting[thread].append(work) }
            state.later = []
        }
    }

    /// Does everything that waits, but for what is to be done later.
    func run() { while step() {} }

    private final class Executor: TaskExecutor {
        private let thread: any WorkThread

        init(thread: any WorkThread) { self.thread = thread }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            thread.run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private struct Thread: WorkThread {
        let threads: SimulatedThreads
        let number: Int
        // Simulated time costs nothing.
        var spentNanoseconds: UInt64 { 0 }

        func run(_ work: @escaping @Sendable () -> Void) {
            threads.state.withLock { $0.waiting[number].append(work) }
        }

        func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
            threads.state.withLock { $0.later.append((number, work)) }
        }
    }
}
