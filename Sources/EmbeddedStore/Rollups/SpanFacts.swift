import SpanStorage
import TraceModel

/// What rollups need to know of some spans: a few columns in trace order, and the little that many spans share.
struct SpanFacts: Sendable {
    /// A trace's run of rows.
    struct Trace: Sendable {
        var id: TraceID
        var rows: Range<Int>
    }

    /// What spans share that are counted together.
    struct Series: Hashable, Sendable {
        /// A number of `services`.
        var service: UInt32
        /// A ref of `strings`.
        var name: StringRef
        var kind: SpanKind
        var status: StatusCode
        /// Whether the two sides of a call may have one span id.
        var mayShareID: Bool
    }

    private(set) var traces: [Trace] = []
    private(set) var spanIDs: [UInt64] = []
    private(set) var parentIDs: [UInt64] = []
    private(set) var starts: [UInt64] = []
    private(set) var durations: [Int64] = []
    /// Each row's number in `series`.
    private(set) var numbers: [UInt32] = []
    private(set) var series: [Series] = []
    private(set) var services: [String] = []
    private(set) var strings: StringTable

    private var serviceNumbers: [StringRef: UInt32] = [:]
    private var seriesNumbers: [Series: UInt32] = [:]

    /// How many spans there are.
    var count: Int { spanIDs.count }

    /// The spans of a block that is being made: they stand in trace order, and their shapes say what they share.
    init(_ draft: BlockDraft) {
        strings = draft.meta.strings
        spanIDs = draft.batch.spans.spanIDs
        parentIDs = draft.batch.spans.parentSpanIDs
        starts = draft.batch.spans.starts
        durations = draft.batch.spans.durations
        traces = draft.traces.map { Trace(id: $0.id, rows: $0.firstRow..<$0.firstRow + $0.rows) }
        var plain: [UInt32] = []
        var sharing: [UInt32] = []
        let isZipkin = draft.meta.resources.map { $0.format == .zipkin }
        for shape in draft.meta.shapes {
            plain.append(number(shape.service, shape.name, shape.kind, shape.status, mayShareID: false))
            if isZipkin.contains(true) {
                sharing.append(number(shape.service, shape.name, shape.kind, shape.status, mayShareID: true))
            }
        }
        if sharing.isEmpty {
            numbers = draft.shapes.map { plain[Int($0)] }
        } else {
            let resources = draft.batch.spans.resources
            numbers = draft.shapes.indices.map { row in
                let resource = Int(resources[row])
                let isShared = resource < isZipkin.count && isZipkin[resource]
                return (isShared ? sharing : plain)[Int(draft.shapes[row])]
            }
        }
    }

    /// The spans of a batch, in any order. Those that go on are not counted yet: they will be when they have ended.
    init(_ batch: SpanBatch) {
        strings = batch.strings
        let partial = batch.partialReportRef
        var rowsOfTraces: [TraceID: [Int]] = [:]
        var order: [TraceID] = []
        for row in 0..<batch.count where partial.map({ !batch.isPartialReport(row, $0) }) ?? true {
            let id = batch.spans.traceID(row)
            if rowsOfTraces[id] == nil { order.append(id) }
            rowsOfTraces[id, default: []].append(row)
        }
        for id in order {
            let first = spanIDs.count
            for row in rowsOfTraces[id] ?? [] { append(row, of: batch) }
            traces.append(Trace(id: id, rows: first..<spanIDs.count))
        }
    }

    /// The spans of several batches, in any order.
    init(joining batches: [SpanBatch]) {
        var whole = SpanBatch()
        var index = ResourceIndex()
        for batch in batches {
            var copy = BatchCopy(from: batch)
            for row in 0..<batch.count { copy.append(row, of: batch, to: &whole, index: &index) }
        }
        self.init(whole)
    }

    private mutating func append(_ row: Int, of batch: borrowing SpanBatch) {
        spanIDs.append(batch.spans.spanIDs[row])
        parentIDs.append(batch.spans.parentSpanIDs[row])
        starts.append(batch.spans.starts[row])
        durations.append(batch.spans.durations[row])
        let resource = Int(batch.spans.resources[row])
        let isKnown = resource < batch.resources.count
        numbers.append(
            number(
                isKnown ? batch.resources[resource].service : 0,
                batch.spans.names[row],
                batch.spans.kinds[row],
                batch.spans.statuses[row],
                mayShareID: isKnown && batch.resources[resource].format == .zipkin
            )
        )
    }

    private mutating func number(
        _ service: StringRef,
        _ name: StringRef,
        _ kind: SpanKind,
        _ status: StatusCode,
        mayShareID: Bool
    ) -> UInt32 {
        let series = Series(
            service: serviceNumber(service),
            name: name,
            kind: kind,
            status: status,
            mayShareID: mayShareID
        )
        if let known = seriesNumbers[series] { return known }
        let number = UInt32(self.series.count)
        seriesNumbers[series] = number
        self.series.append(series)
        return number
    }

    private mutating func serviceNumber(_ ref: StringRef) -> UInt32 {
        if let known = serviceNumbers[ref] { return known }
        let number = UInt32(services.count)
        serviceNumbers[ref] = number
        services.append(strings.text(ref))
        return number
    }
}
