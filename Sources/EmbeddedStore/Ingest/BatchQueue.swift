import SpanStorage
import Synchronization
import TraceModel

/// The batches that wait for the log, and the one thread that takes them out: group commit.
///
/// Whatever has come while a group was being written makes up the next one, so that groups grow with the load and a
/// lone batch waits for nobody. Bounded in bytes: over its budget it refuses. When the writer has no room it says so,
/// and the queue waits for `resume()`.
final class BatchQueue: Sendable {
    /// A batch and who waits for it.
    struct Entry: Sendable {
        var batch: SpanBatch
        var completion: @Sendable (Result<Void, SpanStoreError>) -> Void
    }

    private struct State {
        var entries: [Entry] = []
        var bytes = 0
        /// Bytes that were ever taken out.
        var drained = 0
        var rate = DrainRate()
        var isDraining = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let thread: any WorkThread
    private let bytesMax: Int
    private let now: @Sendable () -> UInt64
    private let hasRoom: @Sendable () -> Bool
    private let write: @Sendable ([Entry]) -> Void

    /// A queue that hands each group to `write`, on the thread, one after the other, while `hasRoom` is true.
    ///
    /// `now` is the time in nanoseconds.
    init(
        bytesMax: Int,
        thread: any WorkThread,
        now: @escaping @Sendable () -> UInt64,
        hasRoom: @escaping @Sendable () -> Bool,
        write: @escaping @Sendable ([Entry]) -> Void
    ) {
        self.bytesMax = bytesMax
        self.thread = thread
        self.now = now
        self.hasRoom = hasRoom
        self.write = write
    }

    /// Bytes of the batches that wait.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Adds a batch, or refuses it at once.
    func add(_ entry: Entry) {
        let size = entry.batch.byteCount
        let refusal: SpanStoreError? = state.withLock { state in
            if state.isClosed { return .closed }
            // A batch that alone is over the budget passes when nothing else waits: its sender could never succeed.
            if state.bytes > 0, state.bytes + size > bytesMax {
                let seconds = state.rate.secondsToDrain(state.bytes, drained: state.drained, now: now())
                return .overloaded(retryAfterSeconds: seconds)
            }
            state.entries.append(entry)
            state.bytes += size
            startDraining(&state)
            return nil
        }
        if let refusal { entry.completion(.failure(refusal)) }
    }

    /// Does some work between two groups, or says that the queue is closed.
    func perform(_ work: @escaping @Sendable (SpanStoreError?) -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { thread.run { work(nil) } }
            return state.isClosed
        }
        if isClosed { work(.closed) }
    }

    /// Goes on after the writer had no room.
    func resume() {
        state.withLock { state in
            if !state.entries.isEmpty { startDraining(&state) }
        }
    }

    /// Returns when what was added before the call has been written, or waits for room.
    func settle() async { await thread.drained() }

    /// Refuses further batches and returns when those that wait are written, or refused for want of room.
    func close() async {
        state.withLock { $0.isClosed = true }
        await thread.drained()
        let left = state.withLock { state in
            let left = state.entries
            state.entries = []
            state.bytes = 0
            return left
        }
        for entry in left { entry.completion(.failure(.closed)) }
    }

    private func startDraining(_ state: inout sending State) {
        if state.isDraining { return }
        state.isDraining = true
        thread.run { self.drain() }
    }

    private func drain() {
        while true {
            let isReady = hasRoom()
            let group = state.withLock { state in
                let group = isReady ? state.entries : []
                if group.isEmpty {
                    state.isDraining = false
                } else {
                    state.entries = []
                    state.drained += state.bytes
                    state.bytes = 0
                }
                return group
            }
            if group.isEmpty { break }
            write(group)
        }
        // Room may have come between the look and the note that nobody drains.
        if hasRoom() { resume() }
    }
}
