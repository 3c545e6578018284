/// The numbers of the block format; docs/block-format.md describes it byte by byte.
enum BlockLayout {
    static let magic = Array("MARTSEG1".utf8)
    /// Raised when older readers could not read what is written.
    static let version: UInt32 = 3
    /// From this version on the value filter has pairs of a service and what its spans have.
    static let pairsVersion: UInt32 = 3
    /// Bytes before the first section: the magic, the version and four zeros.
    static let headerSize = 16
    /// Bytes at the end: offset and length of the directory, its checksum, the version, the magic.
    static let trailerSize = 32
    /// A page ends with the first trace that reaches so many spans ...
    static let pageSpans = 2_048
    /// ... or within a trace that is longer than this.
    static let pageSpansMax = 4_096
    /// No column is larger, decompressed: what claims to be is damaged.
    static let columnBytesMax = 1 << 30
    /// A string column of a page is kept raw if its values are more than this...
    static let rawValuesMin = 64
    /// ... and more than half of those in the block are distinct.
    static let rawDistinctShare = 0.5

    /// What a section is; stored in the directory.
    enum Section: UInt16 {
        case dictionary = 1
        case resources = 2
        case shapes = 3
        case traces = 4
        case page = 5
        // From version 2 on; whoever reads a block does without those that are not there.
        case traceFilter = 6
        case valueFilter = 7
        case summaries = 8
        case keyIndex = 9
        // Needed, where it is there.
        case derivedColumns = 11
    }

    /// A column of a page; stored. Those of attributes begin at `attributes`.
    enum Column {
        static let spanIDs: UInt32 = 0
        static let parents: UInt32 = 1
        static let foreignParents: UInt32 = 2
        static let starts: UInt32 = 3
        static let durations: UInt32 = 4
        static let shapes: UInt32 = 5
        static let resources: UInt32 = 6
        static let statusMessages: UInt32 = 7
        static let traceStates: UInt32 = 8
        static let flags: UInt32 = 9
        static let droppedAttributes: UInt32 = 10
        static let droppedEvents: UInt32 = 11
        static let droppedLinks: UInt32 = 12
        static let parentDistances: UInt32 = 13
        static let eventCounts: UInt32 = 16
        static let eventTimes: UInt32 = 17
        static let eventNames: UInt32 = 18
        static let eventDropped: UInt32 = 19
        static let eventLists: UInt32 = 20
        static let linkCounts: UInt32 = 24
        static let linkKinds: UInt32 = 25
        static let linkTracesHigh: UInt32 = 26
        static let linkTracesLow: UInt32 = 27
        static let linkSpans: UInt32 = 28
        static let linkStates: UInt32 = 29
        static let linkFlags: UInt32 = 30
        static let linkDropped: UInt32 = 31
        static let linkLists: UInt32 = 32
        static let attributes: UInt32 = 64
    }
}
