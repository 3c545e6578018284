import Synchronization

/// How many bytes of requests are under way, and how many may be: what keeps a flood out of memory.
final class ByteBudget: Sendable {
    /// The most that may be reserved at a time.
    let bytesMax: Int
    private let reserved = Atomic<Int>(0)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes that are reserved now.
    var bytes: Int { reserved.load(ordering: .relaxed) }

    /// Reserves bytes, or says that there is no room for them.
    func reserve(_ count: Int) -> Bool {
        let (_, after) = reserved.add(count, ordering: .relaxed)
        if after <= bytesMax { return true }
        reserved.subtract(count, ordering: .relaxed)
        return false
    }

    /// Whether there is room for so many bytes at the moment.
    func hasRoom(for count: Int) -> Bool {
        bytes + count <= bytesMax
    }

    /// Gives reserved bytes back.
    func release(_ count: Int) {
        reserved.subtract(count, ordering: .relaxed)
    }
}
