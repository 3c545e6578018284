import SpanStorage

/// When a batch counts as durable, and its sender gets the acknowledgement.
public enum Durability: String, Sendable, CaseIterable {
    /// When it has reached the disk (`fdatasync`): survives a power cut. Batches that arrive together share one.
    case fsync
    /// When the operating system has it: survives a crash or `kill -9` of the server, not a power cut.
    case os
    /// At once: up to a second of spans may be lost in a crash.
    case async
}

/// How an embedded store is to be opened.
public struct EmbeddedStoreConfiguration: Sendable {
    /// The folder of its files, which is made if it is missing; nil keeps everything in memory.
    public var directory: String?
    /// When a batch counts as durable.
    public var durability: Durability
    /// A block is sealed at so many spans. The default keeps its size within the evidence of docs/block-format.md.
    public var blockSpansMax: Int
    /// A block is sealed earlier if its spans take so many bytes of memory.
    public var blockBytesMax: Int
    /// A head of at least so many spans is sealed when nothing was added to it for `idleHeadNanoseconds`.
    public var idleHeadSpansMin: Int
    /// For how long nothing must have come, in nanoseconds.
    public var idleHeadNanoseconds: UInt64
    /// A head is sealed, however small, when its first spans have waited for so many nanoseconds.
    public var headAgeMaxNanoseconds: UInt64
    /// So many small segments of about one size are merged.
    public var mergedSegmentsMin: Int
    /// How often the store looks whether there is something to merge, to seal or to put out, in milliseconds.
    public var upkeepMilliseconds: Int
    /// Batches over this many bytes waiting for the log are refused.
    public var queueBytesMax: Int
    /// The oldest segments are put out when all files, log and catalogue included, take more than this, in bytes.
    ///
    /// The default is no bound on disk, and 256 MiB in memory. Without a bound nothing is put out when the disk is
    /// full either.
    public var storeBytesMax: Int
    /// A segment is put out so many nanoseconds after it was sealed; nil keeps it.
    ///
    /// It is counted from when the spans came in, not from what their clocks said.
    public var ageMaxNanoseconds: UInt64?
    /// A call from service to service whose caller has not come after so many nanoseconds is given up.
    public var callWaitNanoseconds: UInt64
    /// The oldest figures of spans are put out when all of them take more than this, in bytes.
    public var rollupBytesMax: Int
    /// Figures of spans are put out so many nanoseconds after they were sealed; nil keeps them.
    public var rollupAgeMaxNanoseconds: UInt64?
    /// The time, in nanoseconds since 1970.
    public var now: @Sendable () -> UInt64

    /// A configuration with the defaults.
    public init(directory: String?, durability: Durability = .os) {
        self.directory = directory
        self.durability = durability
        blockSpansMax = 49_152
        blockBytesMax = 48 << 20
        idleHeadSpansMin = 4_096
        idleHeadNanoseconds = 10_000_000_000
        headAgeMaxNanoseconds = 900_000_000_000
        mergedSegmentsMin = 8
        upkeepMilliseconds = 5_000
        queueBytesMax = 32 << 20
        storeBytesMax = directory == nil ? 256 << 20 : .max
        ageMaxNanoseconds = nil
        callWaitNanoseconds = 15 * 60_000_000_000
        rollupBytesMax = directory == nil ? 64 << 20 : 2 << 30
        rollupAgeMaxNanoseconds = nil
        now = wallClock
    }
}
