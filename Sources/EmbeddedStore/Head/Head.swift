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

    /// The closed chunks.
    private(set) var chunks: [HeadChunk] = []
    /// Spans in all chunks, the growing one included.
    private(set) var spanCount = 0
    /// Bytes of the closed chunks.
    private var closedBytes = 0

    private var growing = SpanBatch()
    private var growingIndex = ResourceIndex()

    /// Adds the spans of a batch.
    mutating func append(_ batch: SpanBatch) {
        if batch.isEmpty { return }
        spanCount += batch.count
        if batch.count >= Self.adoptedSpansMin {
            chunks.append(HeadChunk(batch))
            closedBytes += batch.byteCount
            return
        }
        var copy = BatchCopy(from: batch)
        for row in 0..<batch.count { copy.append(row, of: batch, to: &growing, index: &growingIndex) }
        if growing.count >= Self.chunkSpansMax { closeGrowing() }
    }

    /// Everything, as readers and the sealer see it.
    func snapshot() -> [HeadChunk] {
        growing.isEmpty ? chunks : chunks + [HeadChunk(growing)]
    }

    /// Bytes of memory that the spans take.
    var byteCount: Int { closedBytes + growing.byteCount }

    private mutating func closeGrowing() {
        chunks.append(HeadChunk(growing))
        closedBytes += growing.byteCount
        growing = SpanBatch()
        growingIndex = ResourceIndex()
    }
}
