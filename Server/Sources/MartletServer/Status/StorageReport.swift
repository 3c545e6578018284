import SpanStorage

/// What the store holds; counts of events are since the start.
struct StorageReport: Encodable {
    var kind: String
    var dataDirectory: String?
    var durability: String
    var spans: UInt64
    var headSpans: UInt64
    var headBytes: UInt64
    var queuedBytes: UInt64
    var segments: UInt64
    var segmentBytes: UInt64
    var logBytes: UInt64
    var catalogueBytes: UInt64
    var rollupBytes: UInt64
    var storedSpans: UInt64
    var countedSpans: UInt64
    var replayedSpans: UInt64
    var evicted: [String: UInt64]
    var isDiskFull: Bool
    var pinnedTraces: UInt64
    var damagedSegments: UInt64
    var damage: [String]

    init(_ statistics: SpanStoreStatistics, settings: ServerSettings) {
        kind = settings.storage.rawValue
        dataDirectory = settings.storage == .memory ? nil : settings.dataDirectory
        durability = settings.durability.rawValue
        spans = statistics.spans
        headSpans = statistics.headSpans
        headBytes = statistics.headBytes
        queuedBytes = statistics.queuedBytes
        segments = statistics.segments
        segmentBytes = statistics.diskBytes
        logBytes = statistics.logBytes
        catalogueBytes = statistics.catalogueBytes
        rollupBytes = statistics.rollups.bytes
        storedSpans = statistics.storedSpans
        countedSpans = statistics.countedSpans
        replayedSpans = statistics.replayedSpans
        evicted = [:]
        for (reason, spans) in statistics.evicted.byReason { evicted[reason] = spans }
        isDiskFull = statistics.isDiskFull
        pinnedTraces = statistics.pinnedTraces
        damagedSegments = statistics.damagedSegments
        damage = statistics.damage
    }
}
