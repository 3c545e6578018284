import Dispatch
import SpanStorage
import Synchronization
import TraceModel

/// The batches that wait for the log, and the one thread that takes them out: group commit.
///
/// Whatever has come while a group was being written makes up the next one, so that groups grow with the load and a
/// lone batch waits for nobody. Bounded in bytes: over its budget it refuses.
final class BatchQueue: Sendable {
    /// A batch and who waits for it.
    struct Entry: Sendable {
        var batch: SpanBatch
        var completion: @Sendable (Result<Void, SpanStoreError>) -> Void
    }

    private struct State {
        var entries: [Entry] = []
        var bytes = 0
        var isDraining = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "martlet.log", qos: .userInitiated)
    private let bytesMax: Int
    private let write: @Sendable ([Entry]) -> Void

    /// A queue that hands each group to `write`, on its own thread, one after the other.
    init(bytesMax: Int, write: @escaping @Sendable ([Entry]) -> Void) {
        self.bytesMax = bytesMax
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
            if state.bytes > 0, state.bytes + size > bytesMax { return .overloaded(retryAfterSeconds: 1) }
            state.entries.append(entry)
            state.bytes += size
            if !state.isDraining {
                state.isDraining = true
                thread.async { self.drain() }
            }
            return nil
        }
        if let refusal { entry.completion(.failure(refusal)) }
    }

    /// Refuses further batches and returns when those that wait are written.
    func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            thread.async { continuation.resume() }
        }
    }

    private func drain() {
        while true {
            let group = state.withLock { state in
                let group = state.entries
                state.entries = []
                state.bytes = 0
                if group.isEmpty { state.isDraining = false }
                return group
            }
            if group.isEmpty { return }
            write(group)
        }
    }
}
