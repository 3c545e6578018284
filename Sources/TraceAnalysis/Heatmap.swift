import TraceModel

/// How many things took how long, over time.
public struct Heatmap: Sendable {
    /// What is counted: a span, or a trace.
    public struct Item: Sendable {
        /// When it began: nanoseconds since 1970.
        public var start: UInt64
        /// How long it took, in nanoseconds.
        public var duration: UInt64
        /// Whether it failed.
        public var isError: Bool
        /// The trace that it is, or belongs to.
        public var trace: TraceID

        /// Makes an item from its parts.
        public init(start: UInt64, duration: UInt64, isError: Bool, trace: TraceID) {
            self.start = start
            self.duration = duration
            self.isError = isError
            self.trace = trace
        }
    }

    /// A place on the map that has anything.
    public struct Cell: Sendable, Equatable {
        /// The column, from the beginning of the window.
        public var column: Int
        /// The row, as `Heatmap.row(of:)` numbers them.
        public var row: Int
        /// How many items lie in it.
        public var count: UInt64
        /// How many of these failed.
        public var errors: UInt64
        /// One of them: a failed one if there is any.
        public var example: TraceID?
    }

    /// What one column has.
    public struct Column: Sendable {
        /// How many items began in it.
        public var count = 0
        /// How many of these failed.
        public var errors = 0
        /// How long they took.
        public var durations = DurationSample()
    }

    /// When the first column begins: nanoseconds since 1970.
    public let start: UInt64
    /// How much time a column stands for, in nanoseconds.
    public let step: UInt64
    /// By column.
    public private(set) var columns: [Column]

    private struct Place: Hashable {
        var column: Int
        var row: Int
    }

    private var places: [Place: Cell] = [:]

    /// An empty map of a window in so many columns, at least 1; each is a whole number of microseconds long.
    public init(window: ClosedRange<UInt64>, columns count: Int) {
        start = window.lowerBound
        let columnsMax = UInt64(max(1, count))
        let length = (window.upperBound - window.lowerBound) / columnsMax + 1
        step = max(1_000, (length / 1_000 + (length % 1_000 == 0 ? 0 : 1)) * 1_000)
        let used = (window.upperBound - window.lowerBound) / step + 1
        columns = [Column](repeating: Column(), count: Int(used))
    }

    /// The cells that have anything, by column and row.
    public var cells: [Cell] {
        places.values.sorted { $0.column == $1.column ? $0.row < $1.row : $0.column < $1.column }
    }

    /// Counts an item; one outside of the window counts in its first or last column.
    public mutating func add(_ item: Item) {
        let column = column(of: item.start)
        columns[column].count += 1
        if item.isError { columns[column].errors += 1 }
        columns[column].durations.add(item.duration)
        let row = Self.row(of: item.duration)
        let new = Cell(column: column, row: row, count: 0, errors: 0, example: nil)
        var cell = places[Place(column: column, row: row)] ?? new
        if cell.example == nil || item.isError && cell.errors == 0 { cell.example = item.trace }
        cell.count += 1
        if item.isError { cell.errors += 1 }
        places[Place(column: column, row: row)] = cell
    }

    /// Counts so many items that took about as long; the columns learn nothing of them.
    public mutating func add(start moment: UInt64, duration: UInt64, count: UInt64, errors: UInt64) {
        let place = Place(column: column(of: moment), row: Self.row(of: duration))
        let new = Cell(column: place.column, row: place.row, count: 0, errors: 0, example: nil)
        places[place, default: new].count += count
        places[place, default: new].errors += errors
    }

    /// Puts the durations of each column in order, for questions about quantiles.
    public mutating func sort() {
        for column in columns.indices { columns[column].durations.sort() }
    }

    /// The column of a moment.
    public func column(of moment: UInt64) -> Int {
        moment <= start ? 0 : Int(min((moment - start) / step, UInt64(columns.count - 1)))
    }

    /// The row of a duration: two for each power of two, so that none is more than twice as long as another in its row.
    public static func row(of duration: UInt64) -> Int {
        if duration < 2 { return Int(duration) }
        let power = 63 - duration.leadingZeroBitCount
        return 2 * power + Int(duration >> UInt64(power - 1) & 1)
    }

    /// The durations of a row: from the first one to the first one that is too long, in nanoseconds.
    public static func durations(ofRow row: Int) -> Range<UInt64> {
        if row < 2 { return UInt64(row)..<UInt64(row + 1) }
        let power = UInt64(row / 2)
        let half = UInt64(1) << (power - 1)
        let first = (1 << power) + (row % 2 == 0 ? 0 : half)
        let (end, overflow) = first.addingReportingOverflow(half)
        return first..<(overflow ? .max : end)
    }
}
