import SpanStorage
import TraceModel

/// The section `traces` of a segment file: tables of fixed width, read in place.
///
///     n × u64  upper half of the id, by the trace's number (the order of rows)
///     n × u64  lower half of the id, by number
///     n × u64  earliest start, by number
///     n × u32  first row, by number
///     n × u32  the numbers in the order of the lower halves
struct TraceTable: Sendable {
    private let file: FileBytes
    private let offset: Int
    private let traceCount: Int
    private let spanCount: Int
    private let path: String

    /// The table in a section of the file; nil if the section has another size than the table.
    init?(_ file: FileBytes, _ section: Range<Int>, directory: BlockDirectory, path: String) {
        guard section.count == 32 * directory.traceCount else { return nil }
        self.file = file
        self.offset = section.lowerBound
        self.traceCount = directory.traceCount
        self.spanCount = directory.spanCount
        self.path = path
    }

    /// The bytes that `init` reads.
    static func encode(_ traces: [BlockDraft.Trace]) -> [UInt8] {
        var content: [UInt8] = []
        for trace in traces { content.append(littleEndian: trace.id.high) }
        for trace in traces { content.append(littleEndian: trace.id.low) }
        for trace in traces { content.append(littleEndian: trace.start) }
        let order = traces.indices.sorted { traces[$0].id.low < traces[$1].id.low }
        for trace in traces { content.append(littleEndian: UInt32(trace.firstRow)) }
        for trace in order { content.append(littleEndian: UInt32(trace)) }
        return content
    }

    /// A trace's id.
    func id(_ number: Int) -> TraceID { TraceID(high: word(number), low: word(traceCount + number)) }

    /// The earliest start that the block has of a trace.
    func start(_ number: Int) -> UInt64 { word(2 * traceCount + number) }

    /// The number of a trace, or nil if the block has no span of it.
    func number(of id: TraceID) -> Int? {
        var first = 0
        var end = traceCount
        while first < end {
            let middle = (first + end) / 2
            if self.id(ordered(middle)).low < id.low { first = middle + 1 } else { end = middle }
        }
        while first < traceCount {
            let number = ordered(first)
            let own = self.id(number)
            if own == id { return number }
            if own.low != id.low { return nil }
            first += 1
        }
        return nil
    }

    /// The rows of a trace.
    func rows(_ number: Int) throws(SpanStoreError) -> Range<Int> {
        let first = Int(half(6 * traceCount + number))
        let end = number + 1 == traceCount ? spanCount : Int(half(6 * traceCount + number + 1))
        guard first < end, end <= spanCount else { throw .damaged("\(path): the table of traces is damaged") }
        return first..<end
    }

    /// For each row of a range, the number of its trace.
    func numbers(ofRows rows: Range<Int>) throws(SpanStoreError) -> [Int] {
        var first = 0
        var end = traceCount
        while first < end {
            let middle = (first + end) / 2
            if Int(half(6 * traceCount + middle)) <= rows.lowerBound { first = middle + 1 } else { end = middle }
        }
        var number = first - 1
        guard number >= 0 else { throw .damaged("\(path): the table of traces is damaged") }
        var numbers: [Int] = []
        numbers.reserveCapacity(rows.count)
        for row in rows {
            while number + 1 < traceCount, Int(half(6 * traceCount + number + 1)) <= row { number += 1 }
            numbers.append(number)
        }
        return numbers
    }

    /// The number of the trace at a place in the order of the lower halves.
    private func ordered(_ place: Int) -> Int {
        // The section has its checksum; the bound only keeps a forged file from reading outside the table.
        min(Int(half(7 * traceCount + place)), traceCount - 1)
    }

    private func word(_ index: Int) -> UInt64 {
        let bits = file.bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8 * index, as: UInt64.self)
        return UInt64(littleEndian: bits)
    }

    private func half(_ index: Int) -> UInt32 {
        let bits = file.bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self)
        return UInt32(littleEndian: bits)
    }
}
