import TraceModel

/// An attribute column that is not stored, because something else determines it: all spans of a shape have the same
/// value in it (the system of a database call), or another column's value says which it has (a thread's name its id).
struct DerivedColumn: Sendable, Equatable {
    /// What determines it.
    enum Source: Sendable, Equatable {
        /// The span's shape.
        case shape
        /// The value that the span has in another column, which stands in the same shapes and is stored.
        case column(UInt32)
    }

    var source: Source
    /// The numbers of shapes, or the values of the other column, in ascending order ...
    var keys: [UInt64]
    /// ... and the value that each of them means.
    var values: [UInt64]

    /// By shape, when the shape determines it: whether its spans have the column, and the value they have. Made when a
    /// block is opened, because each page of it asks for every row.
    private(set) var isHeld: [Bool] = []
    private(set) var shapeValues: [UInt64] = []

    init(source: Source, keys: [UInt64], values: [UInt64]) {
        self.source = source
        self.keys = keys
        self.values = values
    }

    /// Makes the tables by shape; false if a shape is out of range.
    fileprivate mutating func makeTables(shapes: Int) -> Bool {
        guard source == .shape else { return true }
        isHeld = [Bool](repeating: false, count: shapes)
        shapeValues = [UInt64](repeating: 0, count: shapes)
        for (shape, value) in zip(keys, values) {
            guard shape < UInt64(shapes) else { return false }
            isHeld[Int(shape)] = true
            shapeValues[Int(shape)] = value
        }
        return true
    }

    /// The value that a key means; nil if it means none.
    func value(_ key: UInt64) -> UInt64? {
        var first = 0
        var end = keys.count
        while first < end {
            let middle = (first + end) / 2
            if keys[middle] < key { first = middle + 1 } else { end = middle }
        }
        return first < keys.count && keys[first] == key ? values[first] : nil
    }
}

// The section `derived columns`.
//
//     varint   how many; for each:
//         varint   number of the column
//         varint   0 if the shape determines it, otherwise 1 + the number of the column that does
//         varint   how many pairs, and two NumberColumns of them: keys, values
extension DerivedColumn {
    static func encode(_ derived: [UInt32: DerivedColumn], with compressor: Compressor) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(derived.count))
        for (number, column) in derived.sorted(by: { $0.key < $1.key }) {
            bytes.append(varint: UInt64(number))
            switch column.source {
            case .shape: bytes.append(varint: 0)
            case .column(let other): bytes.append(varint: UInt64(other) + 1)
            }
            bytes.append(varint: UInt64(column.keys.count))
            NumberColumn.encode(column.keys, with: compressor, into: &bytes)
            NumberColumn.encode(column.values, with: compressor, into: &bytes)
        }
        return bytes
    }

    /// Reads the section; nil if it does not hold together with the rest of the block's dictionary and shapes.
    static func decode(_ bytes: RawSpan, _ meta: BlockMeta) -> [UInt32: DerivedColumn]? {
        var reader = ByteReader(bytes)
        guard let count = try? reader.varint(), count <= UInt64(meta.columns.count) else { return nil }
        var derived: [UInt32: DerivedColumn] = [:]
        for _ in 0..<count {
            guard let number = try? reader.varint(), number < UInt64(meta.columns.count),
                let source = try? reader.varint(), source <= UInt64(meta.columns.count),
                let pairs = try? reader.varint(), pairs <= UInt64(BlockLayout.columnBytesMax / 8),
                let keys = NumberColumn.decode(&reader, count: Int(pairs)),
                let values = NumberColumn.decode(&reader, count: Int(pairs)),
                zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 })
            else { return nil }
            let column = meta.columns[Int(number)]
            if column.type.isReference, values.contains(where: { $0 >= UInt64(meta.strings.count) }) { return nil }
            var entry = DerivedColumn(
                source: source == 0 ? .shape : .column(UInt32(source - 1)),
                keys: keys,
                values: values
            )
            guard entry.makeTables(shapes: meta.shapes.count) else { return nil }
            derived[UInt32(number)] = entry
        }
        // One that is derived from a derived one, or from itself, would be read in a circle.
        for column in derived.values {
            if case .column(let other) = column.source, derived[other] != nil { return nil }
        }
        return reader.isAtEnd ? derived : nil
    }
}
