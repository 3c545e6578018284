import SpanStorage
import TraceModel

/// The skeleton of a trace (all that a waterfall draws, and no attributes) as columns of little-endian numbers, which a
/// browser reads in place: 100,000 spans are 6 MB and take no parsing, where Jaeger's JSON is 80 MB.
///
/// The form: a header (`MTC1`, 4 bytes of zeros, the trace's first start in nanoseconds since 1970 as u64), then
/// chunks.
/// A chunk is its kind (u32: 1 a page of spans, 2 the end), the count of bytes that follow (u32), and those. All
/// columns begin at multiples of 8 bytes. docs/query-api.md has the columns of a page.
struct TraceColumnsWriter {
    /// What a span's flags say.
    enum Flag {
        static let error: UInt8 = 1
        static let warned: UInt8 = 4
        static let linked: UInt8 = 8
        static let unfinished: UInt8 = 32
        static let followsFrom: UInt8 = 128
    }

    private static let magic: UInt32 = 0x3143_544d
    private static let pageKind: UInt32 = 1
    private static let endKind: UInt32 = 2

    private var base: UInt64?
    private var numbers: [[UInt8]: UInt32] = [:]

    /// The bytes for the next page of the trace; the first page is preceded by the header.
    mutating func page(_ spans: SpanBatch) -> [UInt8] {
        var bytes: [UInt8] = []
        if base == nil {
            let first = spans.spans.starts.first ?? 0
            base = first
            bytes.append(littleEndian: Self.magic)
            bytes.append(littleEndian: UInt32(0))
            bytes.append(littleEndian: first)
        }
        let view = JaegerView(spans, isRaw: false)
        var texts = NewTexts()
        let names = numbers(of: view, &texts)
        let columns = PageColumns(view, base: base ?? 0)
        var page: [UInt8] = []
        page.reserveCapacity(64 * spans.count + 64)
        page.append(littleEndian: UInt32(spans.count))
        page.append(littleEndian: UInt32(columns.logTimes.count))
        page.append(littleEndian: UInt32(texts.lengths.count))
        page.append(littleEndian: UInt32(texts.bytes.count))
        page.appendColumn(columns.starts.lazy.map(\.bitPattern))
        page.appendColumn(columns.durations.lazy.map(\.bitPattern))
        page.appendColumn(columns.logTimes.lazy.map(\.bitPattern))
        page.appendColumn(spans.spans.spanIDs)
        page.appendColumn(columns.parents)
        page.appendColumn(names.services)
        page.appendColumn(names.operations)
        page.appendColumn(columns.logCounts)
        page.appendColumn(spans.spans.kinds.lazy.map(\.rawValue))
        page.appendColumn(columns.flags)
        page.appendColumn(texts.lengths)
        page.appendColumn(texts.bytes)
        Self.appendPage(page, to: &bytes)
        return bytes
    }

    /// A page as a chunk.
    static func appendPage(_ page: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(littleEndian: pageKind)
        bytes.append(littleEndian: UInt32(page.count))
        bytes.append(contentsOf: page)
    }

    /// What follows the last page, so that a reader knows that nothing is missing.
    static func end() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: endKind)
        bytes.append(littleEndian: UInt32(0))
        return bytes
    }

    /// Texts that no page had before.
    struct NewTexts {
        var lengths: [UInt32] = []
        var bytes: [UInt8] = []
    }

    /// The numbers of services and operations among all texts that were written; new ones are added to `texts`.
    private mutating func numbers(
        of view: JaegerView,
        _ texts: inout NewTexts
    ) -> (services: [UInt32], operations: [UInt32]) {
        let batch = view.batch
        // Each ref of the page is looked up once, whatever the spans say how often.
        var known = [UInt32](repeating: .max, count: batch.strings.count)
        var operations: [UInt32] = []
        operations.reserveCapacity(batch.count)
        for ref in batch.spans.names {
            if known[Int(ref)] == .max { known[Int(ref)] = number(of: batch.strings, ref, &texts) }
            operations.append(known[Int(ref)])
        }
        var processes: [UInt32] = []
        for process in view.processes.list {
            switch process.service {
            case .stored(let ref): processes.append(number(of: batch.strings, ref, &texts))
            case .word(let word): processes.append(number(of: Array(word.utf8), &texts))
            }
        }
        let services = batch.spans.resources.map { processes[Int(view.processes.number(ofResource: $0)) - 1] }
        return (services, operations)
    }

    private mutating func number(of strings: StringTable, _ ref: StringRef, _ texts: inout NewTexts) -> UInt32 {
        var text: [UInt8] = []
        text.append(copying: strings.bytes(ref))
        return number(of: text, &texts)
    }

    private mutating func number(of text: [UInt8], _ texts: inout NewTexts) -> UInt32 {
        if let number = numbers[text] { return number }
        let number = UInt32(numbers.count)
        numbers[text] = number
        texts.lengths.append(UInt32(text.count))
        texts.bytes.append(contentsOf: text)
        return number
    }
}

/// The columns of a page that are not in the batch as they stand.
private struct PageColumns {
    /// Microseconds after the trace's first start.
    var starts: [Double] = []
    /// Microseconds.
    var durations: [Double] = []
    var logTimes: [Double] = []
    var logCounts: [UInt32] = []
    /// Ids of parents; 0 for none.
    var parents: [UInt64] = []
    var flags: [UInt8] = []

    init(_ view: JaegerView, base: UInt64) {
        let batch = view.batch
        for span in 0..<batch.count {
            starts.append(Self.microseconds(batch.spans.starts[span], after: base))
            durations.append(Double(max(0, batch.spans.durations[span])) / 1000)
            let logs = batch.events.range(span)
            logCounts.append(UInt32(logs.count))
            for log in logs { logTimes.append(Self.microseconds(batch.events.times[log], after: base)) }
            addParent(of: span, view)
        }
    }

    /// The parent as the page takes it from Jaeger's JSON: the first CHILD_OF of this trace, else its first reference.
    private mutating func addParent(of span: Int, _ view: JaegerView) {
        let batch = view.batch
        let trace = batch.spans.traceID(span)
        var childOf: UInt64?
        var follows: UInt64?
        var count = 0
        view.forEachReference(of: span) { reference in
            count += 1
            guard reference.traceID == trace else { return }
            if reference.kind == .childOf { childOf = childOf ?? reference.spanID.bits }
            if reference.kind == .followsFrom { follows = follows ?? reference.spanID.bits }
        }
        parents.append(childOf ?? follows ?? 0)
        let duration = batch.spans.durations[span]
        let hasNotEnded = duration < 0 && duration.magnitude == batch.spans.starts[span]
        flags.append(
            (batch.spans.statuses[span] == .error ? TraceColumnsWriter.Flag.error : 0)
                | (duration < 0 ? TraceColumnsWriter.Flag.warned : 0)
                | (count > 1 ? TraceColumnsWriter.Flag.linked : 0)
                | (hasNotEnded ? TraceColumnsWriter.Flag.unfinished : 0)
                | (childOf == nil && follows != nil ? TraceColumnsWriter.Flag.followsFrom : 0)
        )
    }

    private static func microseconds(_ time: UInt64, after base: UInt64) -> Double {
        time >= base ? Double(time - base) / 1000 : -Double(base - time) / 1000
    }
}

extension [UInt8] {
    /// Numbers one after the other, and zeros up to a multiple of 8 bytes.
    mutating func appendColumn<Number: FixedWidthInteger>(_ numbers: some Sequence<Number>) {
        for number in numbers { append(littleEndian: number) }
        while count % 8 != 0 { append(0) }
    }
}
