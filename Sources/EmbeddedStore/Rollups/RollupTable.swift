import SpanStorage
import TraceModel

/// Figures of spans, and of calls from service to service, by the minute.
///
/// Tables of parts merge into the table of the whole.
struct RollupTable: Sendable {
    /// What the spans of one histogram have in common.
    struct SeriesKey: Hashable, Sendable {
        /// When they began: minutes since 1970.
        var minute: UInt32
        var service: StringRef
        var name: StringRef
        var kind: SpanKind
        var status: StatusCode
    }

    /// What the calls of one edge have in common.
    struct EdgeKey: Hashable, Sendable {
        /// When the called spans began: minutes since 1970.
        var minute: UInt32
        var caller: StringRef
        var callee: StringRef
    }

    /// Calls from one service to another.
    struct Edge: Sendable, Equatable {
        /// How long the called spans took.
        var durations = DurationHistogram()
        /// How many of them failed.
        var errors: UInt64 = 0
    }

    private struct OperationKey: Hashable {
        var service: StringRef
        var name: StringRef
    }

    /// So many operations a table tells apart; the spans of further ones it counts under `otherOperations`, so that
    /// names with an id in them cannot make it grow without bound.
    static let operationsMax = 10_000
    /// The name of all operations of a service that there was no room for.
    static let otherOperations = "(other operations)"
    /// So many edges a table tells apart; further calls it counts as from and to `otherServices`.
    static let edgesMax = 10_000
    /// The name of all services that there was no room for.
    static let otherServices = "(other services)"
    /// Nanoseconds of a minute.
    static let minute: UInt64 = 60_000_000_000

    private(set) var strings = StringTable()
    private(set) var series: [SeriesKey: DurationHistogram] = [:]
    private(set) var edges: [EdgeKey: Edge] = [:]
    private var operations: Set<OperationKey> = []
    private var pairs: Set<UInt64> = []

    /// Whether there is nothing in it.
    var isEmpty: Bool { series.isEmpty && edges.isEmpty }

    /// The minutes that it has figures of; nil if it has none.
    var minutes: ClosedRange<UInt32>? {
        var low = UInt32.max
        var high = UInt32.min
        for key in series.keys {
            low = min(low, key.minute)
            high = max(high, key.minute)
        }
        for key in edges.keys {
            low = min(low, key.minute)
            high = max(high, key.minute)
        }
        return low <= high ? low...high : nil
    }

    /// The ref of a text in the table's own strings.
    mutating func intern(_ text: String) -> StringRef { strings.intern(text) }

    /// The ref of a string in the table's own strings.
    mutating func intern(bytes: RawSpan) -> StringRef { strings.intern(bytes) }

    /// The ref of a string of another table.
    mutating func intern(_ ref: StringRef, of other: borrowing StringTable) -> StringRef {
        strings.intern(ref, of: other)
    }

    /// Adds spans that have a key in common; its refs are the table's own.
    mutating func add(_ durations: DurationHistogram, to key: SeriesKey) {
        var key = key
        let operation = OperationKey(service: key.service, name: key.name)
        if operations.count >= Self.operationsMax, !operations.contains(operation) {
            key.name = intern(Self.otherOperations)
        } else {
            operations.insert(operation)
        }
        series[key, default: DurationHistogram()].merge(durations)
    }

    /// Adds calls that have a key in common; its refs are the table's own.
    mutating func add(_ edge: Edge, to key: EdgeKey) {
        var key = key
        let pair = UInt64(key.caller) << 32 | UInt64(key.callee)
        if pairs.count >= Self.edgesMax, !pairs.contains(pair) {
            key.caller = intern(Self.otherServices)
            key.callee = key.caller
        } else {
            pairs.insert(pair)
        }
        edges[key, default: Edge()].merge(edge)
    }

    /// Adds all figures of another table, of those minutes that `isWanted` takes.
    mutating func merge(
        _ other: RollupTable,
        minutes isWanted: (UInt32) -> Bool = { _ in true },
        minute mapped: (UInt32) -> UInt32 = { $0 }
    ) {
        var refs: [StringRef: StringRef] = [:]
        for (key, durations) in other.series where isWanted(key.minute) {
            let service = translated(key.service, of: other.strings, &refs)
            let name = translated(key.name, of: other.strings, &refs)
            let own = SeriesKey(
                minute: mapped(key.minute),
                service: service,
                name: name,
                kind: key.kind,
                status: key.status
            )
            add(durations, to: own)
        }
        for (key, edge) in other.edges where isWanted(key.minute) {
            let caller = translated(key.caller, of: other.strings, &refs)
            let callee = translated(key.callee, of: other.strings, &refs)
            add(edge, to: EdgeKey(minute: mapped(key.minute), caller: caller, callee: callee))
        }
    }

    private mutating func translated(
        _ ref: StringRef,
        of other: borrowing StringTable,
        _ known: inout [StringRef: StringRef]
    ) -> StringRef {
        if let own = known[ref] { return own }
        let own = strings.intern(ref, of: other)
        known[ref] = own
        return own
    }
}

extension RollupTable.Edge {
    /// Adds other calls.
    mutating func merge(_ other: RollupTable.Edge) {
        durations.merge(other.durations)
        errors = errors.addingWithoutWrap(other.errors)
    }
}
