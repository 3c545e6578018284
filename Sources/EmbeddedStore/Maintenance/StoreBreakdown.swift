import SpanStorage
import TraceModel

/// What takes the space in a data directory: by section, by column, by attribute key; and who sends the spans.
///
/// It reads the segment files as they are, also while a server uses them.
public struct StoreBreakdown: Sendable {
    /// Something that takes bytes.
    public struct Part: Sendable, Equatable {
        /// What people call it.
        public var name: String
        /// Its bytes on the disk.
        public var bytes: Int
        /// How many values it has; of a service its spans.
        public var count: Int
    }

    /// Spans in segments.
    public private(set) var spans = 0
    /// Traces, those counted anew that are in several segments.
    public private(set) var traces = 0
    /// Segment files.
    public private(set) var segments = 0
    /// Bytes of the segment files.
    public private(set) var segmentBytes = 0
    /// Bytes of the log.
    public private(set) var logBytes = 0
    /// Bytes of the catalogue.
    public private(set) var catalogueBytes = 0
    /// The sections of the segments, largest first.
    public private(set) var sections: [Part] = []
    /// The columns of the spans' own fields, largest first.
    public private(set) var columns: [Part] = []
    /// The attributes by key and type, largest first; strings that repeat are in the section of dictionaries.
    public private(set) var attributes: [Part] = []
    /// The services by their spans, most first.
    public private(set) var services: [Part] = []
    /// Files that cannot be read.
    public private(set) var problems: [String] = []

    private struct Sum {
        var bytes = 0
        var count = 0
    }

    private var sectionSums: [String: Sum] = [:]
    private var columnSums: [String: Sum] = [:]
    private var attributeSums: [String: Sum] = [:]
    private var serviceSums: [String: Sum] = [:]

    /// Looks at a directory.
    public init(_ directory: String) throws(SpanStoreError) {
        try DataDirectory.require(directory)
        let files = PosixFileSystem()
        let cache = BlockMetaCache(bytesMax: 0)
        for name in (try? files.list("\(directory)/segments")) ?? [] where name.hasSuffix(".seg") {
            let path = "\(directory)/segments/\(name)"
            do {
                let file = try files.read(path)
                try add(try BlockReader(file, path: path, cache: cache), bytes: file.count)
            } catch {
                // What a running server has merged or put out meanwhile is gone, not damaged.
                if (try? files.size(path)) != nil { problems.append("\(error)") }
            }
        }
        for name in (try? files.list("\(directory)/log")) ?? [] {
            logBytes += (try? files.size("\(directory)/log/\(name)")) ?? 0
        }
        for name in (try? files.list(directory)) ?? [] where name.hasPrefix("catalogue.") {
            catalogueBytes += (try? files.size("\(directory)/\(name)")) ?? 0
        }
        sections = Self.sorted(sectionSums)
        columns = Self.sorted(columnSums)
        attributes = Self.sorted(attributeSums)
        services = Self.sorted(serviceSums) { $0.count > $1.count }
    }

    private static func sorted(
        _ sums: [String: Sum],
        by isBefore: (Part, Part) -> Bool = { $0.bytes > $1.bytes }
    ) -> [Part] {
        sums.map { Part(name: $0.key, bytes: $0.value.bytes, count: $0.value.count) }
            .sorted { $0.name < $1.name }.sorted(by: isBefore)
    }

    private mutating func add(_ block: BlockReader, bytes: Int) throws(SpanStoreError) {
        let directory = block.directory
        let meta = try block.meta()
        segments += 1
        segmentBytes += bytes
        spans += directory.spanCount
        traces += directory.traceCount
        var named = 0
        for section in directory.sections {
            let name = BlockLayout.Section(rawValue: section.kind).map { "\($0)" } ?? "section \(section.kind)"
            sectionSums[Self.words(name), default: Sum()].bytes += Int(section.length)
            sectionSums[Self.words(name), default: Sum()].count += 1
            named += Int(section.length)
        }
        sectionSums["directory and padding", default: Sum()].bytes += bytes - named
        sectionSums["directory and padding", default: Sum()].count += 1
        for index in directory.pages.indices { try add(try block.page(index, meta: meta)) }
    }

    private mutating func add(_ page: PageReader) throws(SpanStoreError) {
        let meta = page.meta
        var counts = [Int](repeating: 0, count: meta.columns.count)
        var services: [StringRef: Int] = [:]
        for number in try page.shapes() {
            let shape = meta.shapes[number]
            services[shape.service, default: 0] += 1
            for column in shape.columns { counts[Int(column)] += 1 }
        }
        for (service, count) in services { serviceSums[meta.strings.text(service), default: Sum()].count += count }
        for (number, count) in counts.enumerated() where count > 0 {
            attributeSums[Self.name(of: number, meta), default: Sum()].count += count
        }
        for (number, bytes) in page.columnSizes {
            if number >= BlockLayout.Column.attributes {
                let column = Int(number - BlockLayout.Column.attributes)
                guard column < meta.columns.count else { continue }
                attributeSums[Self.name(of: column, meta), default: Sum()].bytes += bytes
            } else {
                let name = Self.columnNames[number] ?? "column \(number)"
                columnSums[name, default: Sum()].bytes += bytes
                columnSums[name, default: Sum()].count += page.page.rows
            }
        }
    }

    private static func name(of column: Int, _ meta: BlockMeta) -> String {
        "\(meta.strings.text(meta.columns[column].key)) (\(meta.columns[column].type))"
    }

    /// `traceFilter` as people write it.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase { text += " " }
            text += letter.lowercased()
        }
    }

    private static let columnNames: [UInt32: String] = [
        BlockLayout.Column.spanIDs: "span ids", BlockLayout.Column.parents: "parents",
        BlockLayout.Column.foreignParents: "parents elsewhere", BlockLayout.Column.starts: "starts",
        BlockLayout.Column.durations: "durations", BlockLayout.Column.shapes: "shapes",
        BlockLayout.Column.resources: "resources", BlockLayout.Column.statusMessages: "status messages",
        BlockLayout.Column.traceStates: "trace states", BlockLayout.Column.flags: "flags",
        BlockLayout.Column.droppedAttributes: "dropped attributes", BlockLayout.Column.droppedEvents: "dropped events",
        BlockLayout.Column.droppedLinks: "dropped links", BlockLayout.Column.parentDistances: "parents: distances",
        BlockLayout.Column.eventCounts: "events: counts",
        BlockLayout.Column.eventTimes: "events: times", BlockLayout.Column.eventNames: "events: names",
        BlockLayout.Column.eventDropped: "events: dropped attributes",
        BlockLayout.Column.eventLists: "events: attribute counts",
        BlockLayout.Column.eventLists + 1: "events: attribute keys",
        BlockLayout.Column.eventLists + 2: "events: attribute types",
        BlockLayout.Column.eventLists + 3: "events: attribute values",
        BlockLayout.Column.linkCounts: "links: counts", BlockLayout.Column.linkKinds: "links: kinds",
        BlockLayout.Column.linkTracesHigh: "links: trace ids, upper half",
        BlockLayout.Column.linkTracesLow: "links: trace ids, lower half",
        BlockLayout.Column.linkSpans: "links: span ids",
        BlockLayout.Column.linkStates: "links: trace states", BlockLayout.Column.linkFlags: "links: flags",
        BlockLayout.Column.linkDropped: "links: dropped attributes",
        BlockLayout.Column.linkLists: "links: attribute counts",
        BlockLayout.Column.linkLists + 1: "links: attribute keys",
        BlockLayout.Column.linkLists + 2: "links: attribute types",
        BlockLayout.Column.linkLists + 3: "links: attribute values",
    ]
}
