import SpanStorage
import TraceModel

/// What a block tells of its traces without their spans: the section `summaries`, by the trace's number.
///
///     varint   services, for each: varint its name in the dictionary
///     numbers  latest end, less the trace's earliest start
///     numbers  root: 0 none, otherwise 1 + its row within the trace
///     numbers  of those with a root: its shape
///     numbers  of those with a root: its start, less the trace's earliest start
///     numbers  how many services each trace has
///     numbers  for each of these: the service, in the order of first appearance
///     numbers  likewise: its spans
///     numbers  likewise: its spans of status error
///
/// The root is the earliest span without a parent, and of several that of the lowest id.
struct BlockSummaries: Sendable, Equatable {
    /// What one service has of one trace.
    struct Share: Sendable, Equatable {
        /// The number of the service.
        var service: Int
        var spans: Int
        var errors: Int
    }

    /// The earliest span without a parent.
    struct Root: Sendable, Equatable {
        /// Its row, counted from the trace's first.
        var row: Int
        var shape: Int
        /// Its start, less the trace's.
        var delay: UInt64
    }

    /// The names of the services, as numbers of the dictionary.
    private(set) var services: [StringRef] = []
    /// The latest end of each trace, less its earliest start.
    private(set) var lengths: [UInt64] = []
    private(set) var roots: [Root?] = []
    private var shares: [Share] = []
    private var shareEnds: [Int] = []

    /// The services of a trace.
    func shares(_ trace: Int) -> ArraySlice<Share> {
        shares[(trace == 0 ? 0 : shareEnds[trace - 1])..<shareEnds[trace]]
    }

    /// What a trace measures that began at `start`.
    func measure(_ trace: Int, start: UInt64) -> TraceMeasure {
        var measure = TraceMeasure(start: start, end: start &+ lengths[trace], spans: 0, errors: 0)
        for share in shares(trace) {
            measure.spans += share.spans
            measure.errors += share.errors
        }
        return measure
    }

    /// The summaries of a draft's traces.
    init(_ draft: BlockDraft) {
        var builder = Builder(shapes: draft.meta.shapes)
        let spans = draft.batch.spans
        for trace in draft.traces {
            for row in trace.firstRow..<trace.firstRow + trace.rows {
                builder.add(
                    start: spans.starts[row],
                    duration: spans.durations[row],
                    shape: Int(draft.shapes[row]),
                    spanID: spans.spanIDs[row],
                    parent: spans.parentSpanIDs[row]
                )
            }
            builder.finishTrace()
        }
        self = builder.summaries
    }

    /// Those of a block, from its section, or from its pages if it was written without.
    static func read(_ block: BlockReader) throws(SpanStoreError) -> BlockSummaries {
        if let stored = try block.summaries() { return stored }
        return try read(pagesOf: block)
    }

    /// Those of a block, from its pages.
    static func read(pagesOf block: BlockReader) throws(SpanStoreError) -> BlockSummaries {
        let meta = try block.meta()
        let table = try block.traces()
        var builder = Builder(shapes: meta.shapes)
        var last = 0
        for index in block.directory.pages.indices {
            let page = try block.page(index, meta: meta)
            let traces = try page.traces(table)
            let starts = try page.starts(table, traces: traces)
            let shapes = try page.shapes()
            let fields = try SpanFields(page)
            let durations = try page.numbers(BlockLayout.Column.durations)
            var span = SpanRow()
            for row in traces.indices {
                if traces[row] != last {
                    builder.finishTrace()
                    last = traces[row]
                }
                fields.read(row, into: &span)
                builder.add(
                    start: starts[row],
                    duration: unzigzag(durations[row]),
                    shape: shapes[row],
                    spanID: span.spanID.bits,
                    parent: span.parentSpanID.bits
                )
            }
        }
        builder.finishTrace()
        guard builder.summaries.lengths.count == block.directory.traceCount else {
            throw block.damaged("table of traces")
        }
        return builder.summaries
    }

    private init() {}

    /// Adds the traces up, row by row.
    private struct Builder {
        var summaries = BlockSummaries()
        private let shapes: [BlockMeta.Shape]
        private var serviceOfShape: [Int] = []
        // Of the open trace: where the share of each service is, and what else is known.
        private var places: [Int]
        private var firstShare = 0
        private var measure = TraceMeasure.nothing
        private var root: (row: Int, start: UInt64, id: UInt64, shape: Int)?

        init(shapes: [BlockMeta.Shape]) {
            self.shapes = shapes
            var numbers: [StringRef: Int] = [:]
            for shape in shapes {
                if let known = numbers[shape.service] {
                    serviceOfShape.append(known)
                    continue
                }
                numbers[shape.service] = summaries.services.count
                serviceOfShape.append(summaries.services.count)
                summaries.services.append(shape.service)
            }
            places = [Int](repeating: -1, count: summaries.services.count)
        }

        mutating func add(start: UInt64, duration: Int64, shape: Int, spanID: UInt64, parent: UInt64) {
            if parent == 0 || parent == spanID {
                let isFirst = root.map { start < $0.start || (start == $0.start && spanID < $0.id) } ?? true
                if isFirst { root = (row: measure.spans, start: start, id: spanID, shape: shape) }
            }
            let status = shapes[shape].status
            measure.add(start: start, duration: duration, status: status)
            let service = serviceOfShape[shape]
            if places[service] < 0 {
                places[service] = summaries.shares.count
                summaries.shares.append(Share(service: service, spans: 0, errors: 0))
            }
            summaries.shares[places[service]].spans += 1
            if status == .error { summaries.shares[places[service]].errors += 1 }
        }

        mutating func finishTrace() {
            if measure.spans == 0 { return }
            for share in summaries.shares[firstShare...] { places[share.service] = -1 }
            firstShare = summaries.shares.count
            summaries.shareEnds.append(firstShare)
            summaries.lengths.append(measure.end - measure.start)
            summaries.roots.append(root.map { Root(row: $0.row, shape: $0.shape, delay: $0.start - measure.start) })
            measure = .nothing
            root = nil
        }
    }
}

// The bytes.
extension BlockSummaries {
    /// The section's bytes.
    func encode(with compressor: Compressor) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(services.count))
        for service in services { bytes.append(varint: UInt64(service)) }
        func put(_ numbers: [UInt64]) { NumberColumn.encode(numbers, with: compressor, into: &bytes) }
        put(lengths)
        put(roots.map { $0.map { UInt64($0.row) + 1 } ?? 0 })
        put(roots.compactMap { $0.map { UInt64($0.shape) } })
        put(roots.compactMap(\.?.delay))
        put(shareEnds.indices.map { UInt64(shareEnds[$0] - ($0 == 0 ? 0 : shareEnds[$0 - 1])) })
        put(shares.map { UInt64($0.service) })
        put(shares.map { UInt64($0.spans) })
        put(shares.map { UInt64($0.errors) })
        return bytes
    }

    /// Reads the section; nil if it does not hold together in a block of so many traces and spans.
    static func decode(_ bytes: RawSpan, traces: Int, spans: Int, meta: BlockMeta) -> BlockSummaries? {
        var reader = ByteReader(bytes)
        var summaries = BlockSummaries()
        guard let count = try? reader.varint(), count <= UInt64(bytes.byteCount) else { return nil }
        for _ in 0..<count {
            guard let service = try? reader.varint(), service < UInt64(meta.strings.count) else { return nil }
            summaries.services.append(StringRef(service))
        }
        guard let lengths = NumberColumn.decode(&reader, count: traces),
            summaries.decodeRoots(&reader, traces: traces, spans: spans, meta: meta),
            summaries.decodeShares(&reader, traces: traces, spans: spans), reader.isAtEnd
        else { return nil }
        summaries.lengths = lengths
        return summaries
    }

    @_lifetime(reader: copy reader)
    private mutating func decodeRoots(_ reader: inout ByteReader, traces: Int, spans: Int, meta: BlockMeta) -> Bool {
        guard let rows = NumberColumn.decode(&reader, count: traces) else { return false }
        let count = rows.reduce(0) { $1 > 0 ? $0 + 1 : $0 }
        guard let shapes = NumberColumn.decode(&reader, count: count),
            let delays = NumberColumn.decode(&reader, count: count)
        else { return false }
        var next = 0
        for row in rows {
            if row == 0 {
                roots.append(nil)
                continue
            }
            guard row <= UInt64(spans), shapes[next] < UInt64(meta.shapes.count) else { return false }
            roots.append(Root(row: Int(row) - 1, shape: Int(shapes[next]), delay: delays[next]))
            next += 1
        }
        return true
    }

    @_lifetime(reader: copy reader)
    private mutating func decodeShares(_ reader: inout ByteReader, traces: Int, spans: Int) -> Bool {
        guard let counts = NumberColumn.decode(&reader, count: traces) else { return false }
        var total = 0
        for count in counts {
            guard count <= UInt64(services.count) else { return false }
            total += Int(count)
            shareEnds.append(total)
        }
        guard let numbers = NumberColumn.decode(&reader, count: total),
            let spanCounts = NumberColumn.decode(&reader, count: total),
            let errors = NumberColumn.decode(&reader, count: total)
        else { return false }
        shares.reserveCapacity(total)
        for index in 0..<total {
            guard numbers[index] < UInt64(services.count), spanCounts[index] <= UInt64(spans),
                errors[index] <= spanCounts[index]
            else { return false }
            shares.append(
                Share(service: Int(numbers[index]), spans: Int(spanCounts[index]), errors: Int(errors[index]))
            )
        }
        return true
    }
}
