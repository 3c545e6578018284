import SpanStorage
import TraceModel

// What an operator does with what is stored.
extension EmbeddedStore {
    public func delete(_ deletion: TraceDeletion) async throws(SpanStoreError) -> DeletedTraces {
        try await afterSealing { upkeep, answer in upkeep.delete(deletion, completion: answer) }
    }

    /// Has upkeep do something when everything that was acknowledged before the call is in segments and not in the log.
    func afterSealing<Answer: Sendable>(
        _ work: @escaping @Sendable (Upkeep, @escaping @Sendable (Result<Answer, SpanStoreError>) -> Void) -> Void
    ) async throws(SpanStoreError) -> Answer {
        let result: Result<Answer, SpanStoreError> = await withCheckedContinuation { continuation in
            queue.perform { [committer, sealer, upkeep] closed in
                do throws(SpanStoreError) {
                    if let closed { throw closed }
                    try committer.sealAll()
                } catch {
                    return continuation.resume(returning: .failure(error))
                }
                sealer.whenSealed { error in
                    if let error { return continuation.resume(returning: .failure(error)) }
                    work(upkeep) { continuation.resume(returning: $0) }
                }
            }
        }
        return try result.get()
    }

    /// Merges all segments that can be merged, without regard for others who need the machine.
    public func compact() async throws(SpanStoreError) {
        let error = await withCheckedContinuation { continuation in
            upkeep.mergeAll { continuation.resume(returning: $0) }
        }
        if let error { throw error }
    }

    public func pin(_ id: TraceID) async throws(SpanStoreError) -> Bool {
        guard try await trace(id) != nil else { throw .query("there is no trace \(id) to pin") }
        return try await upkeep.pin(id, true).get()
    }

    public func unpin(_ id: TraceID) async throws(SpanStoreError) -> Bool {
        try await upkeep.pin(id, false).get()
    }

    public func pinnedTraces() async -> [PinnedTrace] { upkeep.pins.list }
}
