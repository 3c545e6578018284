import SpanStorage
import Synchronization
import TraceModel

/// Spans as they come in, for whoever is listening.
///
/// Nothing is looked at, and nothing is kept, while nobody does. Each listener has a queue of its own with a bound;
/// what does not fit is left out and counted. Filters are evaluated by the listener, not by whoever stores spans.
public final class LiveTail: Sendable {
    /// So many may listen at a time.
    public static let listenersMax = 64

    private let listenerCount = Atomic<Int>(0)
    private let listeners = Mutex<[Listener]>([])
    private let isClosed = Atomic<Bool>(false)

    /// With nobody listening.
    public init() {}

    /// Whether anybody is listening.
    public var isWatched: Bool { listenerCount.load(ordering: .relaxed) > 0 }

    /// Hands over spans that were acknowledged; returns at once.
    public func publish(_ batch: SpanBatch) {
        let listeners = listeners.withLock { $0 }
        for listener in listeners { listener.offer(batch) }
    }

    /// Lets all listeners come to an end, and takes no new ones: the server stops.
    public func close() { isClosed.store(true, ordering: .relaxed) }

    /// Begins to listen; nil if as many do as may, or the server stops.
    func listen() -> Listener? {
        if isClosed.load(ordering: .relaxed) { return nil }
        return listeners.withLock { all in
            if all.count >= Self.listenersMax { return nil }
            let listener = Listener()
            all.append(listener)
            listenerCount.store(all.count, ordering: .relaxed)
            return listener
        }
    }

    func leave(_ listener: Listener) {
        listeners.withLock { all in
            all.removeAll { $0 === listener }
            listenerCount.store(all.count, ordering: .relaxed)
        }
    }

    var mustEnd: Bool { isClosed.load(ordering: .relaxed) }
}

extension LiveTail {
    /// One who listens.
    final class Listener: Sendable {
        private static let queuedBytesMax = 16 << 20

        struct Queue {
            var batches: [SpanBatch] = []
            var bytes = 0
            /// Spans that found no room.
            var skipped = 0
        }

        private let queue = Mutex(Queue())

        func offer(_ batch: SpanBatch) {
            let bytes = batch.byteCount
            queue.withLock { queue in
                if queue.bytes + bytes > Self.queuedBytesMax {
                    queue.skipped += batch.count
                    return
                }
                queue.batches.append(batch)
                queue.bytes += bytes
            }
        }

        /// What has come in since the last time.
        func take() -> Queue {
            queue.withLock { queue in
                defer { queue = Queue() }
                return queue
            }
        }
    }
}
