import TraceModel

/// The spans that are in no block yet, as a list of chunks of which only the last one grows.
///
/// A reader takes a copy of the list, which costs some retains; the next append after that copies the growing chunk
/// once, which is why it is kept small. Nobody waits for anybody longer than that.
struct Head: Sendable {
    /// The growing chunk is closed at so many spans.
    static let chunkSpansMax = 4_096
    /// Batches of so many spans become a chunk as they are, without a copy.
    static let adoptedSpansMin = 256

    /// Spans of one kind.
    private struct Run: Sendable {
        // The closed chunks, and their bytes.
        var chunks: [HeadChunk] = []
        var closedBytes = 0
        // Spans in all chunks, the growing one included.
        var spanCount = 0
        var growing = SpanBatch()
        var growingIndex = ResourceIndex()

        init(isCountedOnly: Bool) { growing.isCountedOnly = isCountedOnly }

        mutating func append(_ batch: SpanBatch) {
            spanCount += batch.count
            if batch.count >= Head.adoptedSpansMin {
                chunks.append(HeadChunk(batch))
                closedBytes += batch.byteCount
                return
            }
            var copy = BatchCopy(from: batch)
            for row in 0..<batch.count { copy.append(row, of: batch, to: &growing, index: &growingIndex) }
            if growing.count >= Head.chunkSpansMax { closeGrowing() }
        }

        func snapshot() -> [HeadChunk] { growing.isEmpty ? chunks : chunks + [HeadChunk(growing)] }

        private mutating func closeGrowing() {
            chunks.append(HeadChunk(growing))
            closedBytes += growing.byteCount
            var next = SpanBatch()
            next.isCountedOnly = growing.isCountedOnly
            growing = next
            growingIndex = ResourceIndex()
        }
    }

    private var stored = Run(isCountedOnly: false)
    private var counted = Run(isCountedOnly: true)

    /// Adds the spans of a batch.
    mutating func append(_ batch: SpanBatch) {
        if batch.isEmpty { return }
        if batch.isCountedOnly { counted.append(batch) } else { stored.append(batch) }
    }

    /// Spans that are to be kept.
    var spanCount: Int { stored.spanCount }

    /// Whether there is nothing, not even spans that are only to be counted.
    var isEmpty: Bool { stored.spanCount == 0 && counted.spanCount == 0 }

    /// Everything, as the sealer sees it: the spans to be kept, and then those that are only to be counted.
    func snapshot() -> [HeadChunk] { stored.snapshot() + counted.snapshot() }

    /// Bytes of memory that the spans take.
    var byteCount: Int {
        stored.closedBytes + stored.growing.byteCount + counted.closedBytes + counted.growing.byteCount
    }
}
