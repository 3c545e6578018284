import TraceModel

/// How much of a trace's time each of its spans spent at its own work.
///
/// A span works while no child of it does. Children that only follow from it, and what children do outside of it, take
/// nothing away.
public struct SelfTimes: Sendable {
    /// By row: the nanoseconds in which the span was at work and none of its children were.
    ///
    /// Together with the time that its children cover it is the span's duration.
    public private(set) var own: [UInt64] = []
    /// By row: the same time in nanoseconds, each moment of it shared equally by the spans that were at work then.
    ///
    /// All together they are the time in which any span was at work: no concurrency counts twice.
    public private(set) var wall: [Double] = []

    /// Works them out; `tree` is that of the trace.
    public init(of trace: borrowing SpanBatch, _ tree: borrowing TraceTree) {
        own = [UInt64](repeating: 0, count: trace.count)
        wall = [Double](repeating: 0, count: trace.count)
        var pieces: [Piece] = []
        pieces.reserveCapacity(trace.count * 2)
        for row in 0..<trace.count {
            let first = pieces.count
            Self.work(of: row, trace.spans, tree, &pieces)
            for piece in pieces[first...] { own[row] = own[row].addingUpToMax(piece.interval.length) }
        }
        share(pieces)
    }

    /// A stretch of time in which a span was at its own work.
    private struct Piece {
        var row: Int32
        var interval: Range<UInt64>
    }

    /// Appends what is left of a span when its children are taken out, in order.
    private static func work(
        of row: Int,
        _ spans: SpanColumns,
        _ tree: borrowing TraceTree,
        _ pieces: inout [Piece]
    ) {
        let whole = spans.interval(row)
        var free = whole.lowerBound
        for child in tree.children(of: row) where !tree.isFollowing[Int(child)] {
            let interval = spans.interval(Int(child)).clamped(to: whole)
            if interval.isEmpty || interval.upperBound <= free { continue }
            if interval.lowerBound > free {
                pieces.append(Piece(row: Int32(row), interval: free..<interval.lowerBound))
            }
            free = interval.upperBound
        }
        if free < whole.upperBound { pieces.append(Piece(row: Int32(row), interval: free..<whole.upperBound)) }
    }

    /// Divides each moment among the pieces that it is in.
    ///
    /// Between two neighbouring ends of pieces nothing changes; `shared` is, up to a moment, the time that one piece
    /// which was there all along would have got.
    private mutating func share(_ pieces: [Piece]) {
        var moments: [UInt64] = []
        moments.reserveCapacity(pieces.count * 2)
        for piece in pieces {
            moments.append(piece.interval.lowerBound)
            moments.append(piece.interval.upperBound)
        }
        moments.sort()
        var unique: [UInt64] = []
        for moment in moments where moment != unique.last { unique.append(moment) }
        var changes = [Int32](repeating: 0, count: unique.count)
        let places = pieces.map { piece in
            (
                Self.place(of: piece.interval.lowerBound, in: unique),
                Self.place(of: piece.interval.upperBound, in: unique)
            )
        }
        for (begin, end) in places {
            changes[begin] += 1
            changes[end] -= 1
        }
        var shared = [Double](repeating: 0, count: unique.count)
        var active: Int32 = 0
        for index in unique.indices.dropFirst() {
            active += changes[index - 1]
            let length = Double(unique[index] - unique[index - 1])
            shared[index] = shared[index - 1] + (active > 0 ? length / Double(active) : 0)
        }
        for (piece, (begin, end)) in zip(pieces, places) { wall[Int(piece.row)] += shared[end] - shared[begin] }
    }

    /// Where a moment stands among sorted ones, which it is one of.
    private static func place(of moment: UInt64, in moments: [UInt64]) -> Int {
        var low = 0
        var high = moments.count - 1
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
