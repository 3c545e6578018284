import SpanStorage
import TraceModel

/// What a block tells of its traces without their spans: the section `summaries`, by the trace's number.
///
///     varint   services, then varint operations
///     numbers  for each operation: its service
///     numbers  how long the names of the services and then of the operations are
///     bytes    these names, end to end (`BytesColumn.encode`)
///     numbers  latest end, less the trace's earliest start
///     numbers  root: 0 none, otherwise 1 + its row within the trace
///     numbers  of those with a root: its operation
///     numbers  of those with a root: its start, less the trace's earliest start
///     numbers  how many services each trace has
///     numbers  for each of these: the service, in the order of first appearance
///     numbers  likewise: its spans
///     numbers  likewise: its spans of status error
///
/// The root is the earliest span without a parent, and of several that of the lowest id. The names stand here a second
/// time, for a list of traces must not cost the dictionary.
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
        /// The number of its operation.
        var operation: Int
        /// Its start, less the trace's.
        var delay: UInt64
    }

    /// What roots are: the number of their service, and their name.
    struct Operation: Sendable, Equatable {
        var service: Int
        var name: [UInt8]
    }

    /// The names of the services.
    private(set) var services: [[UInt8]] = []
    /// The operations of the roots.
    private(set) var operations: [Operation] = []
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
        var builder = Builder(draft.meta)
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
        var builder = Builder(meta)
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
        private let meta: BlockMeta
        private var serviceOfShape: [Int] = []
        // By service and name; made for roots alone.
        private var operations: [UInt64: Int] = [:]
        // Of the open trace: where the share of each service is, and what else is known.
        private var places: [Int]
        private var firstShare = 0
        private var measure = TraceMeasure.nothing
        private var root: (row: Int, start: UInt64, id: UInt64, shape: Int)?

        init(_ meta: BlockMeta) {
            self.meta = meta
            var numbers: [StringRef: Int] = [:]
            for shape in meta.shapes {
                let number = numbers[shape.service] ?? numbers.count
                serviceOfShape.append(number)
                if numbers.updateValue(number, forKey: shape.service) == nil {
                    summaries.services.append(Self.bytes(shape.service, meta))
                }
            }
            places = [Int](repeating: -1, count: summaries.services.count)
        }

        private static func bytes(_ ref: StringRef, _ meta: BlockMeta) -> [UInt8] {
            Array(meta.strings.arena[meta.strings.range(ref)])
        }

        mutating func add(start: UInt64, duration: Int64, shape: Int, spanID: UInt64, parent: UInt64) {
            if parent == 0 || parent == spanID {
                let isFirst = root.map { start < $0.start || (start == $0.start && spanID < $0.id) } ?? true
                if isFirst { root = (row: measure.spans, start: start, id: spanID, shape: shape) }
            }
            let status = meta.shapes[shape].status
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
            if let root {
                let operation = operation(ofShape: root.shape)
                summaries.roots.append(Root(row: root.row, operation: operation, delay: root.start - measure.start))
            } else {
                summaries.roots.append(nil)
            }
            measure = .nothing
            root = nil
        }

        private mutating func operation(ofShape number: Int) -> Int {
            let shape = meta.shapes[number]
            let key = UInt64(shape.service) << 32 | UInt64(shape.name)
            if let known = operations[key] { return known }
            operations[key] = summaries.operations.count
            let name = Self.bytes(shape.name, meta)
            summaries.operations.append(Operation(service: serviceOfShape[number], name: name))
            return summaries.operations.count - 1
        }
    }
}

// The bytes.
extension BlockSummaries {
    /// The section's bytes.
    func encode(with compressor: Compressor) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ numbers: [UInt64]) { NumberColumn.encode(numbers, with: compressor, into: &bytes) }
        bytes.append(varint: UInt64(services.count))
        bytes.append(varint: UInt64(operations.count))
        put(operations.map { UInt64($0.service) })
        let names = services + operations.map(\.name)
        put(names.map { UInt64($0.count) })
        BytesColumn.encode(Array(names.joined()), with: compressor, into: &bytes)
        put(lengths)
        put(roots.map { $0.map { UInt64($0.row) + 1 } ?? 0 })
        put(roots.compactMap { $0.map { UInt64($0.operation) } })
        put(roots.compactMap(\.?.delay))
        put(shareEnds.indices.map { UInt64(shareEnds[$0] - ($0 == 0 ? 0 : shareEnds[$0 - 1])) })
        put(shares.map { UInt64($0.service) })
        put(shares.map { UInt64($0.spans) })
        put(shares.map { UInt64($0.errors) })
        return bytes
    }

    /// Reads the section; nil if it does not hold together in a block of so many traces and spans.
    static func decode(_ bytes: RawSpan, traces: Int, spans: Int) -> BlockSummaries? {
        var reader = ByteReader(bytes)
        var summaries = BlockSummaries()
        guard summaries.decodeNames(&reader), let lengths = NumberColumn.decode(&reader, count: traces),
            summaries.decodeRoots(&reader, traces: traces, spans: spans),
            summaries.decodeShares(&reader, traces: traces, spans: spans), reader.isAtEnd
        else { return nil }
        summaries.lengths = lengths
        return summaries
    }

    @_lifetime(reader: copy reader)
    private mutating func decodeNames(_ reader: inout ByteReader) -> Bool {
        guard let serviceCount = try? reader.varint(), let operationCount = try? reader.varint(),
            // No block has more of them than strings, and no column more numbers than this.
            serviceCount <= UInt64(BlockLayout.columnBytesMax / 8),
            operationCount <= UInt64(BlockLayout.columnBytesMax / 8),
            let owners = NumberColumn.decode(&reader, count: Int(operationCount)),
            let lengths = NumberColumn.decode(&reader, count: Int(serviceCount + operationCount)),
            let names = BytesColumn.decodeBytes(&reader)
        else { return false }
        var begin = 0
        for (index, length) in lengths.enumerated() {
            guard length <= UInt64(names.count - begin) else { return false }
            let name = Array(names[begin..<begin + Int(length)])
            begin += Int(length)
            if index < Int(serviceCount) {
                services.append(name)
                continue
            }
            let owner = owners[index - Int(serviceCount)]
            guard owner < serviceCount else { return false }
            operations.append(Operation(service: Int(owner), name: name))
        }
        return begin == names.count
    }

    @_lifetime(reader: copy reader)
    private mutating func decodeRoots(_ reader: inout ByteReader, traces: Int, spans: Int) -> Bool {
        guard let rows = NumberColumn.decode(&reader, count: traces) else { return false }
        let count = rows.reduce(0) { $1 > 0 ? $0 + 1 : $0 }
        guard let numbers = NumberColumn.decode(&reader, count: count),
            let delays = NumberColumn.decode(&reader, count: count)
        else { return false }
        var next = 0
        for row in rows {
            if row == 0 {
                roots.append(nil)
                continue
            }
            guard row <= UInt64(spans), numbers[next] < UInt64(operations.count) else { return false }
            roots.append(Root(row: Int(row) - 1, operation: Int(numbers[next]), delay: delays[next]))
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
