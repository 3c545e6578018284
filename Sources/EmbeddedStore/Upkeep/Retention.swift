import SpanStorage
import TraceModel

/// The bounds of age and size: which segments go, the oldest first and whole, and what of them is kept because it is
/// pinned.
struct Retention: Sendable {
    /// Why segments are put out.
    enum Reason: Sendable {
        case age
        case bytes
        case diskFull
    }

    /// Bytes that all files may take; `.max` for no bound.
    var bytesMax: Int
    /// For how long a segment is kept, in nanoseconds; nil for good.
    var ageMax: UInt64?

    /// The segments that have been here for as long as they may.
    func expired(_ segments: [Segment], now: UInt64) -> [Segment] {
        guard let ageMax, now > ageMax else { return [] }
        return segments.filter { $0.origin.sealedAt < now - ageMax }
    }

    /// The oldest segments that have to go for the rest to be within the bound, `bytes` being those of all files.
    func surplus(_ segments: [Segment], bytes: Int) -> [Segment] {
        bytesMax < .max ? Self.oldest(segments, ofBytes: bytes - bytesMax) : []
    }

    /// The oldest segments that together have so many bytes.
    static func oldest(_ segments: [Segment], ofBytes wanted: Int) -> [Segment] {
        var left = wanted
        var oldest: [Segment] = []
        for segment in segments.sorted(by: { $0.origin.sealedAt < $1.origin.sealedAt }) {
            if left <= 0 { break }
            oldest.append(segment)
            left -= segment.byteCount
        }
        return oldest
    }
}

extension EvictedSpans {
    /// Counts spans that were put out for a reason.
    mutating func count(_ spans: Int, for reason: Retention.Reason) {
        switch reason {
        case .age: age += UInt64(spans)
        case .bytes: bytes += UInt64(spans)
        case .diskFull: diskFull += UInt64(spans)
        }
    }
}
