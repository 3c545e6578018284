import SpanStorage
import TraceModel

/// A page of a block that is being read: its columns are decoded as they are asked for.
struct PageReader {
    let page: BlockDirectory.Page
    let meta: BlockMeta
    let block: BlockReader
    private let file: FileBytes
    private let places: [UInt32: Range<Int>]
    private let known = Known()

    /// The page in a range of the file; nil if its list of columns does not hold together.
    init?(_ file: FileBytes, _ range: Range<Int>, page: BlockDirectory.Page, meta: BlockMeta, block: BlockReader) {
        self.file = file
        self.page = page
        self.meta = meta
        self.block = block
        guard let places = Self.readPlaces(file.bytes.extracting(range), at: range.lowerBound) else { return nil }
        self.places = places
    }

    private static func readPlaces(_ bytes: RawSpan, at offset: Int) -> [UInt32: Range<Int>]? {
        var reader = ByteReader(bytes)
        guard let count = try? reader.varint(), count <= UInt64(bytes.byteCount) else { return nil }
        var sizes: [(UInt32, Int)] = []
        for _ in 0..<count {
            guard let number = try? reader.varint(), let size = try? reader.varint(),
                size <= UInt64(bytes.byteCount), number <= UInt64(UInt32.max)
            else { return nil }
            sizes.append((UInt32(number), Int(size)))
        }
        var places: [UInt32: Range<Int>] = [:]
        var begin = reader.offset
        for (number, size) in sizes {
            guard size <= bytes.byteCount - begin else { return nil }
            places[number] = offset + begin..<offset + begin + size
            begin += size
        }
        return places
    }

    /// A column of numbers; zeros if the page does not have it.
    func numbers(_ number: UInt32, count: Int) throws(SpanStoreError) -> [UInt64] {
        guard count > 0 else { return [] }
        if number >= BlockLayout.Column.attributes, let derived = meta.derived[number - BlockLayout.Column.attributes] {
            return try values(of: derived, number - BlockLayout.Column.attributes, count: count)
        }
        guard let place = places[number] else { return [UInt64](repeating: 0, count: count) }
        var reader = ByteReader(file.bytes.extracting(place))
        guard let numbers = NumberColumn.decode(&reader, count: count) else {
            throw block.damaged("column \(number) of a page")
        }
        return numbers
    }

    /// A column of the page's rows.
    func numbers(_ number: UInt32) throws(SpanStoreError) -> [UInt64] { try numbers(number, count: page.rows) }

    /// Whether the page has a column of this number; one of zeros is left out.
    func has(_ number: UInt32) -> Bool { places[number] != nil }

    /// The numbers of the columns that are there, and their bytes.
    var columnSizes: [(number: UInt32, bytes: Int)] { places.map { ($0.key, $0.value.count) } }

    /// The values of a column that something else determines.
    private func values(of derived: DerivedColumn, _ column: UInt32, count: Int) throws(SpanStoreError) -> [UInt64] {
        var values: [UInt64] = []
        values.reserveCapacity(count)
        switch derived.source {
        case .shape:
            for shape in try shapes() where derived.isHeld[shape] { values.append(derived.shapeValues[shape]) }
        case .column(let other):
            var last: (key: UInt64, value: UInt64)?
            for key in try numbers(BlockLayout.Column.attributes + other, count: count) {
                if last?.key != key {
                    guard let value = derived.value(key) else { throw block.damaged("derived column \(column)") }
                    last = (key, value)
                }
                values.append(last?.value ?? 0)
            }
        }
        guard values.count == count else { throw block.damaged("derived column \(column)") }
        return values
    }

    /// A column of strings that stand in the page.
    func strings(_ number: UInt32, count: Int) throws(SpanStoreError) -> BytesColumn {
        if number >= BlockLayout.Column.attributes,
            meta.columns[Int(number - BlockLayout.Column.attributes)].storage == .address
        {
            return BytesColumn(addresses: try numbers(number, count: count))
        }
        guard let place = places[number], let column = BytesColumn(file, place, count: count) else {
            throw block.damaged("column \(number) of a page")
        }
        return column
    }

    /// The sum of a column of counts, which must not be more than a column can have.
    func total(_ counts: [UInt64]) throws(SpanStoreError) -> Int {
        var total = 0
        for count in counts {
            guard count <= UInt64(BlockLayout.columnBytesMax / 8 - total) else {
                throw block.damaged("column of counts")
            }
            total += Int(count)
        }
        return total
    }

    /// The shape of each row.
    func shapes() throws(SpanStoreError) -> [Int] {
        if let known = known.shapes { return known }
        var shapes: [Int] = []
        shapes.reserveCapacity(page.rows)
        for number in try numbers(BlockLayout.Column.shapes) {
            guard number < UInt64(meta.shapes.count) else { throw block.damaged("column of shapes") }
            shapes.append(Int(number))
        }
        known.shapes = shapes
        return shapes
    }

    /// What was decoded and is asked for again.
    private final class Known {
        var shapes: [Int]?
    }

    /// The numbers of the rows' traces.
    func traces(_ table: TraceTable) throws(SpanStoreError) -> [Int] {
        try table.numbers(ofRows: page.firstRow..<page.firstRow + page.rows)
    }

    /// When each row's span began.
    func starts(_ table: TraceTable, traces: [Int]) throws(SpanStoreError) -> [UInt64] {
        var starts = try numbers(BlockLayout.Column.starts)
        var last = -1
        var base: UInt64 = 0
        for row in starts.indices {
            if traces[row] != last {
                last = traces[row]
                base = table.start(last)
            }
            starts[row] = starts[row] &+ base
        }
        return starts
    }
}
