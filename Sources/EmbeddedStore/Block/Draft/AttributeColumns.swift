import TraceModel

/// The spans' attributes of several batches as columns by key and type, in the order of a block, and the shapes that
/// they make.
///
/// Each batch is read once from front to back: its attributes become numbers of columns and values in the block's
/// terms, its rows get their shapes. Then the values are put where the order wants them, all in one array.
struct AttributeColumns {
    /// A shape in the terms of the block's strings as they were gathered.
    struct Shape: Hashable {
        var service: StringRef
        var name: StringRef
        var kind: SpanKind
        var status: StatusCode
        var scope: UInt32
        var columns: [UInt32]
    }

    /// The key and the type of each column.
    private(set) var columns: [BlockMeta.Column] = []
    /// Where the values of each column end in `values`.
    private(set) var ends: [Int] = []
    /// The values of all columns, one column after the other, each in the order of rows; strings as refs.
    private(set) var values: [UInt64] = []
    private(set) var shapes: [Shape] = []
    /// By place: the shape.
    private(set) var shapeNumbers: [UInt32] = []
    /// By column: whether all spans of a shape have the same value in it, whatever the shape.
    private(set) var isOfShape: [Bool] = []
    /// The first value of each column of each shape, shape after shape.
    private(set) var firstValues: [UInt64] = []

    // As read: by attribute its column and value, by row where its attributes end and its shape.
    private var readColumns: [UInt32] = []
    private var readValues: [UInt64] = []
    private var readEnds: [Int] = []
    private var readShapes: [UInt32] = []
    private var numbers: [UInt64: UInt32] = [:]
    private var counts: [Int] = []
    private var shapeSlots = [UInt32](repeating: 0, count: 1_024)
    private var shapeHashes: [UInt64] = []
    // The columns of all shapes, and where those of each end: looked at for each row.
    private var shapeColumns: [UInt32] = []
    private(set) var shapeEnds: [Int] = []

    init(_ batches: [SpanBatch], _ order: RowOrder, _ gather: BlockGather) {
        let total = batches.reduce(0) { $0 + $1.spanAttributes.count }
        readColumns.reserveCapacity(total)
        readValues.reserveCapacity(total)
        readEnds.reserveCapacity(order.rows.count)
        readShapes.reserveCapacity(order.rows.count)
        for (index, batch) in batches.enumerated() { read(batch, index, gather) }
        place(order)
        readColumns = []
        readValues = []
        readEnds = []
        readShapes = []
    }

    /// Where a column's values are in `values`.
    func range(_ column: Int) -> Range<Int> { (column == 0 ? 0 : ends[column - 1])..<ends[column] }

    private mutating func read(_ batch: SpanBatch, _ index: Int, _ gather: BlockGather) {
        let types = AttributeType.allCases.count
        let refs = gather.refs[index]
        // By the batch's own key and type: the column.
        var known = [UInt32](repeating: .max, count: batch.strings.count * types)
        let lists = batch.spanAttributes
        var begin = 0
        for row in 0..<batch.count {
            let end = Int(lists.ends[row])
            for index in begin..<end {
                let type = lists.types[index]
                let key = Int(lists.keys[index])
                var column = known[key * types + Int(type.rawValue)]
                if column == .max {
                    column = number(refs[key], type)
                    known[key * types + Int(type.rawValue)] = column
                }
                let value = lists.values[index]
                readColumns.append(column)
                readValues.append(type.isReference ? UInt64(refs[Int(truncatingIfNeeded: value)]) : value)
                counts[Int(column)] += 1
            }
            begin = end
            let resource = Int(batch.spans.resources[row])
            let service = resource < batch.resources.count ? refs[Int(batch.resources[resource].service)] : 0
            let head = ShapeHead(
                service: service,
                name: refs[Int(batch.spans.names[row])],
                kind: batch.spans.kinds[row],
                status: batch.spans.statuses[row],
                scope: gather.scope(batch.spans.scopes[row], of: index)
            )
            let first = readEnds.last ?? 0
            readShapes.append(shape(head, first..<readColumns.count))
            readEnds.append(readColumns.count)
        }
    }

    private mutating func number(_ key: StringRef, _ type: AttributeType) -> UInt32 {
        let place = UInt64(key) << 8 | UInt64(type.rawValue)
        if let known = numbers[place] { return known }
        let new = UInt32(columns.count)
        numbers[place] = new
        columns.append(BlockMeta.Column(key: key, type: type))
        counts.append(0)
        return new
    }

    /// All of a shape but its columns.
    private struct ShapeHead {
        var service: StringRef
        var name: StringRef
        var kind: SpanKind
        var status: StatusCode
        var scope: UInt32

        func isOf(_ shape: Shape) -> Bool {
            shape.name == name && shape.service == service && shape.kind == kind && shape.status == status
                && shape.scope == scope
        }
    }

    private mutating func shape(_ head: ShapeHead, _ range: Range<Int>) -> UInt32 {
        var hash = UInt64(head.name) << 32 | UInt64(head.service)
        hash = ValueHash.fold(hash ^ 0xA076_1D64_78BD_642F, UInt64(head.scope) << 16 | UInt64(head.kind.rawValue) << 8)
        hash ^= UInt64(head.status.rawValue)
        for index in range { hash = (hash ^ UInt64(readColumns[index])) &* 0x9E37_79B9_7F4A_7C15 }
        var place = Int(truncatingIfNeeded: hash >> 32) & (shapeSlots.count - 1)
        while shapeSlots[place] != 0 {
            let number = shapeSlots[place] - 1
            if isShape(Int(number), head, range) { return number }
            place = (place + 1) & (shapeSlots.count - 1)
        }
        let number = UInt32(shapes.count)
        shapes.append(
            Shape(
                service: head.service,
                name: head.name,
                kind: head.kind,
                status: head.status,
                scope: head.scope,
                columns: Array(readColumns[range])
            )
        )
        shapeHashes.append(hash)
        shapeColumns.append(contentsOf: readColumns[range])
        shapeEnds.append(shapeColumns.count)
        shapeSlots[place] = number + 1
        if shapes.count * 2 > shapeSlots.count { growShapeSlots() }
        return number
    }

    private mutating func growShapeSlots() {
        shapeSlots = [UInt32](repeating: 0, count: shapeSlots.count * 4)
        for (number, hash) in shapeHashes.enumerated() {
            var place = Int(truncatingIfNeeded: hash >> 32) & (shapeSlots.count - 1)
            while shapeSlots[place] != 0 { place = (place + 1) & (shapeSlots.count - 1) }
            shapeSlots[place] = UInt32(number) + 1
        }
    }

    private func isShape(_ number: Int, _ head: ShapeHead, _ range: Range<Int>) -> Bool {
        let begin = number == 0 ? 0 : shapeEnds[number - 1]
        guard shapeEnds[number] - begin == range.count, head.isOf(shapes[number]) else { return false }
        for offset in 0..<range.count where shapeColumns[begin + offset] != readColumns[range.lowerBound + offset] {
            return false
        }
        return true
    }

    private mutating func place(_ order: RowOrder) {
        var next: [Int] = []
        var end = 0
        for count in counts {
            next.append(end)
            end += count
            ends.append(end)
        }
        values = [UInt64](repeating: 0, count: readValues.count)
        shapeNumbers.reserveCapacity(order.rows.count)
        isOfShape = [Bool](repeating: true, count: columns.count)
        firstValues = [UInt64](repeating: 0, count: shapeColumns.count)
        var isSeen = [Bool](repeating: false, count: shapes.count)
        for row in order.rows {
            let row = Int(row)
            let shape = Int(readShapes[row])
            shapeNumbers.append(UInt32(shape))
            let begin = row == 0 ? 0 : readEnds[row - 1]
            let first = shape == 0 ? 0 : shapeEnds[shape - 1]
            let isFirst = !isSeen[shape]
            isSeen[shape] = true
            for index in begin..<readEnds[row] {
                let column = Int(readColumns[index])
                let value = readValues[index]
                values[next[column]] = value
                next[column] += 1
                if isFirst {
                    firstValues[first + index - begin] = value
                } else if firstValues[first + index - begin] != value {
                    isOfShape[column] = false
                }
            }
        }
    }
}
