import Synchronization

/// The decoded `BlockMeta` of the blocks that were asked last, within a budget of bytes.
final class BlockMetaCache: Sendable {
    private struct Entry {
        var meta: BlockMeta
        var bytes: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var bytes = 0
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let bytesMax: Int

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes held.
    var byteCount: Int { state.withLock { $0.bytes } }

    func find(_ block: ObjectIdentifier) -> BlockMeta? {
        state.withLock { state in
            state.clock += 1
            state.entries[block]?.lastUse = state.clock
            return state.entries[block]?.meta
        }
    }

    func keep(_ meta: BlockMeta, for block: ObjectIdentifier) {
        let bytes = meta.byteCount
        if bytes > bytesMax { return }
        state.withLock { state in
            if state.entries[block] != nil { return }
            while state.bytes + bytes > bytesMax,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.bytes -= oldest.value.bytes
                state.entries[oldest.key] = nil
            }
            state.clock += 1
            state.entries[block] = Entry(meta: meta, bytes: bytes, lastUse: state.clock)
            state.bytes += bytes
        }
    }

    func forget(_ block: ObjectIdentifier) {
        state.withLock { state in
            if let entry = state.entries.removeValue(forKey: block) { state.bytes -= entry.bytes }
        }
    }
}
