import TraceModel

/// How the spans of a trace hang together: each has one parent or is a root, and there are no circles.
///
/// What comes in need not be a tree. Of several spans that share an id the first by row is the parent of those that
/// name it; a span whose parent is missing, or is the span itself, is a root; a circle is cut at the span of it that
/// began first. Nothing here uses the call stack, so depth has no limit.
public struct TraceTree: Sendable {
    /// By row: the row of its parent, or -1.
    public private(set) var parents: [Int32] = []
    /// The rows without a parent, by their start.
    public private(set) var roots: [Int32] = []
    /// By row: whether it names a parent that is not in the trace, or that it is its own ancestor of.
    public private(set) var isOrphan: [Bool] = []
    /// By row: whether it says that its parent does not wait for it (FOLLOWS_FROM).
    public private(set) var isFollowing: [Bool] = []
    /// All rows, parents before their children, children by their start.
    public private(set) var preorder: [Int32] = []
    /// By row: how many ancestors it has.
    public private(set) var depths: [Int32] = []

    // The rows by parent and start, and by row where its children end in them.
    private var childRows: [Int32] = []
    private var childEnds: [Int32] = []

    /// Puts the spans of one trace into order.
    public init(of trace: borrowing SpanBatch) {
        isOrphan = [Bool](repeating: false, count: trace.count)
        findParents(trace.spans)
        cutCircles(trace.spans)
        isFollowing = Self.following(trace, parents)
        sortChildren(trace.spans)
        walk()
    }

    /// The rows of a span's children, by their start.
    public func children(of row: Int) -> ArraySlice<Int32> {
        childRows[Int(row == 0 ? 0 : childEnds[row - 1])..<Int(childEnds[row])]
    }

    /// The root of the trace: the earliest span that names no parent, or else the earliest whose parent is missing.
    ///
    /// Nil only if there are no spans.
    public var root: Int? { (roots.first { !isOrphan[Int($0)] } ?? roots.first).map { Int($0) } }

    private mutating func findParents(_ spans: SpanColumns) {
        var rows: [UInt64: Int32] = [:]
        rows.reserveCapacity(spans.count)
        for row in 0..<spans.count where rows[spans.spanIDs[row]] == nil { rows[spans.spanIDs[row]] = Int32(row) }
        parents = [Int32](repeating: -1, count: spans.count)
        for row in 0..<spans.count {
            let parent = spans.parentSpanIDs[row]
            if parent == 0 || parent == spans.spanIDs[row] { continue }
            if let found = rows[parent] { parents[row] = found } else { isOrphan[row] = true }
        }
    }

    /// Walks up from every row until it meets one it has seen; if that was on the same walk, there is a circle.
    private mutating func cutCircles(_ spans: SpanColumns) {
        var walks = [Int32](repeating: -1, count: parents.count)
        for start in parents.indices where walks[start] < 0 {
            var row = Int32(start)
            while row >= 0, walks[Int(row)] < 0 {
                walks[Int(row)] = Int32(start)
                row = parents[Int(row)]
            }
            guard row >= 0, walks[Int(row)] == Int32(start) else { continue }
            var earliest = row
            var next = parents[Int(row)]
            while next != row {
                let isEarlier = spans.starts[Int(next)] < spans.starts[Int(earliest)]
                if isEarlier || spans.starts[Int(next)] == spans.starts[Int(earliest)] && next < earliest {
                    earliest = next
                }
                next = parents[Int(next)]
            }
            parents[Int(earliest)] = -1
            isOrphan[Int(earliest)] = true
        }
    }

    private mutating func sortChildren(_ spans: SpanColumns) {
        var ends = [Int32](repeating: 0, count: parents.count + 1)
        for parent in parents where parent >= 0 { ends[Int(parent) + 1] += 1 }
        for index in ends.indices.dropFirst() { ends[index] += ends[index - 1] }
        childRows = [Int32](repeating: 0, count: Int(ends[parents.count]))
        // By start, so that every group is filled in that order.
        let byStart = parents.indices.sorted {
            spans.starts[$0] == spans.starts[$1] ? $0 < $1 : spans.starts[$0] < spans.starts[$1]
        }
        for row in byStart {
            guard parents[row] >= 0 else {
                roots.append(Int32(row))
                continue
            }
            let parent = Int(parents[row])
            childRows[Int(ends[parent])] = Int32(row)
            ends[parent] += 1
        }
        ends.removeLast()
        childEnds = ends
    }

    private mutating func walk() {
        preorder.reserveCapacity(parents.count)
        depths = [Int32](repeating: 0, count: parents.count)
        var waiting = Array(roots.reversed())
        while let row = waiting.popLast() {
            preorder.append(row)
            for child in children(of: Int(row)).reversed() {
                depths[Int(child)] = depths[Int(row)] + 1
                waiting.append(child)
            }
        }
    }

    /// What each span's links to its parent say: Jaeger's FOLLOWS_FROM, or an OTLP link unless it says `child_of`.
    private static func following(_ trace: borrowing SpanBatch, _ parents: [Int32]) -> [Bool] {
        var following = [Bool](repeating: false, count: trace.count)
        if trace.links.count == 0 { return following }
        let key = trace.strings.firstRef(of: "opentracing.ref_type")
        let childOf = trace.strings.firstRef(of: "child_of").map { UInt64($0) }
        for row in 0..<trace.count where parents[row] >= 0 {
            let range = trace.links.range(row)
            if range.isEmpty { continue }
            let parent = trace.spans.parentSpanIDs[row]
            let id = trace.spans.traceID(row)
            for index in range where trace.links.spanIDs[index] == parent && trace.links[index].traceID == id {
                var waits = trace.links.kinds[index] == .childOf
                if trace.links.kinds[index] == .link, let key, let childOf {
                    for attribute in trace.links.attributes.range(index) {
                        let isTold = trace.links.attributes.keys[attribute] == key
                        if isTold, trace.links.attributes.values[attribute] == childOf { waits = true }
                    }
                }
                following[row] = !waits
                if waits { break }
            }
        }
        return following
    }
}
