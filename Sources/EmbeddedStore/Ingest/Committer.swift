import SpanStorage
import Synchronization
import TraceModel

/// What happens to a group of batches: log, head, acknowledgement, and sealing when the head is full.
final class Committer: Sendable {
    private let configuration: EmbeddedStoreConfiguration
    private let view: StoreView
    private let sealer: Sealer
    private let reserve: DiskReserve
    // Nil when everything is in memory. Used by the log thread, and by `close` after that has ended.
    private let log: Mutex<LogWriter?>
    // Operations that the catalogue does not have yet.
    private let newOperations: Mutex<[(service: String, operation: Operation)]>

    init(
        _ configuration: EmbeddedStoreConfiguration,
        view: StoreView,
        sealer: Sealer,
        reserve: DiskReserve,
        log: LogWriter?,
        newOperations: [(service: String, operation: Operation)]
    ) {
        self.configuration = configuration
        self.view = view
        self.sealer = sealer
        self.reserve = reserve
        self.log = Mutex(log)
        self.newOperations = Mutex(newOperations)
    }

    /// Whether a group can be taken: false while sealing is behind by as much as memory allows, so that whoever sends
    /// must wait. If it is behind because the disk refuses, groups are taken and refused, with the reason.
    var hasRoom: Bool { !isBehind || sealer.lastError != nil || reserve.isFull }

    /// Commits a group; called by one thread at a time.
    func commit(_ entries: [BatchQueue.Entry]) {
        if let refusal {
            for entry in entries { entry.completion(.failure(refusal)) }
            return
        }
        let batches = entries.map(\.batch)
        if configuration.durability == .async {
            publish(entries)
            // Nobody waits for this any more; a disk that fails shows in the next seal.
            _ = write(batches)
        } else if let failure = write(batches) {
            for entry in entries { entry.completion(.failure(failure)) }
        } else {
            publish(entries)
        }
        sealIfFull()
    }

    /// Ends the use of the log, when no group will come any more.
    func close() {
        log.withLock { $0?.close() }
    }

    /// Seals a head that is full, as one may be that the log has just been replayed into.
    func sealIfFull() {
        let (spans, bytes) = view.headSize
        guard spans >= configuration.blockSpansMax || bytes >= configuration.blockBytesMax else { return }
        sealIfPossible()
    }

    /// Seals a head that nothing is added to any more though it is worth a segment, or that has waited for long: what
    /// stays in the log takes ten times the bytes there, and is read at each start.
    func sealIfOld() {
        guard let head = view.headTimes else { return }
        let now = configuration.now()
        // A clock that was set back makes nothing old.
        let quiet = now > head.until ? now - head.until : 0
        let age = now > head.since ? now - head.since : 0
        let isIdle = head.spans >= configuration.idleHeadSpansMin && quiet >= configuration.idleHeadNanoseconds
        guard isIdle || age >= configuration.headAgeMaxNanoseconds else { return }
        sealIfPossible()
    }

    /// Seals what is there; throws if the disk does not let it.
    func sealAll() throws(SpanStoreError) {
        guard view.headTimes != nil else { return }
        // Memory is bounded by what may wait; a few heads more than usual are no harm when they are this small.
        guard view.sealingCount < 4 * Sealer.waitingMax else { throw refusal ?? .overloaded(retryAfterSeconds: 1) }
        try seal()
    }

    private func sealIfPossible() {
        guard view.sealingCount < Sealer.waitingMax else { return }
        do {
            try seal()
        } catch {
            // The log cannot go on in a new file now: the head stays, and the next group tries again.
            sealer.report(error)
        }
    }

    private func seal() throws(SpanStoreError) {
        let mark: UInt64
        do {
            mark = try log.withLock { log throws(FileError) in try log?.rotate() ?? 0 }
        } catch {
            throw noted(error.storeError())
        }
        guard let chunks = view.beginSealing() else { return }
        let operations = newOperations.withLock { operations in
            let taken = operations
            operations = []
            return taken
        }
        sealer.seal(chunks, logMark: mark, operations: operations)
    }

    private func write(_ batches: [SpanBatch]) -> SpanStoreError? {
        do {
            let sync = configuration.durability == .fsync
            try log.withLock { log throws(FileError) in try log?.append(batches, sync: sync) }
            return nil
        } catch {
            return noted(error.storeError())
        }
    }

    /// The error; if it says that the disk is full, everybody hears of it.
    private func noted(_ error: SpanStoreError) -> SpanStoreError {
        if case .diskFull = error { reserve.giveUp() }
        return error
    }

    /// Why nothing can be taken now; nil if it can.
    private var refusal: SpanStoreError? {
        if reserve.isFull { return reserve.refusal }
        return isBehind ? sealer.lastError ?? .overloaded(retryAfterSeconds: 1) : nil
    }

    private func publish(_ entries: [BatchQueue.Entry]) {
        let new = view.append(entries.map(\.batch), at: configuration.now())
        if !new.isEmpty { newOperations.withLock { $0 += new } }
        for entry in entries { entry.completion(.success(())) }
    }

    private var isBehind: Bool {
        guard view.sealingCount >= Sealer.waitingMax else { return false }
        let (spans, bytes) = view.headSize
        return spans >= configuration.blockSpansMax || bytes >= configuration.blockBytesMax
    }
}
