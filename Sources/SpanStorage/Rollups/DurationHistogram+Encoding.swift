import TraceModel

/// A histogram as bytes.
///
///     varint buckets
///     for each: varint number (less the one before and 1, but for the first), varint count
///     of one duration: varint the duration less the least of its bucket
///     of more: varint minimum less the least of the first bucket, varint maximum less the least of the last one,
///              varint lower half of the sum, varint upper half
extension DurationHistogram {
    /// Appends the bytes.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(varint: UInt64(buckets.count))
        guard let first = buckets.first, let last = buckets.last else { return }
        var next: UInt64 = 0
        for bucket in buckets {
            bytes.append(varint: UInt64(bucket.number) - next)
            bytes.append(varint: bucket.count)
            next = UInt64(bucket.number) + 1
        }
        bytes.append(varint: min - Self.range(ofBucket: Int(first.number)).lowerBound)
        if count == 1 { return }
        bytes.append(varint: max - Self.range(ofBucket: Int(last.number)).lowerBound)
        bytes.append(varint: UInt64(truncatingIfNeeded: sum))
        bytes.append(varint: UInt64(truncatingIfNeeded: sum >> 64))
    }

    /// Reads a histogram; nil if the bytes are not of one.
    @_lifetime(reader: copy reader)
    public static func decode(_ reader: inout ByteReader) throws(ByteError) -> DurationHistogram? {
        let bucketCount = try reader.varint()
        if bucketCount == 0 { return DurationHistogram() }
        guard bucketCount <= UInt64(bucketMax), bucketCount <= UInt64(reader.left) else { return nil }
        var buckets: [Bucket] = []
        buckets.reserveCapacity(Int(bucketCount))
        var next: UInt64 = 0
        for _ in 0..<bucketCount {
            let gap = try reader.varint()
            let count = try reader.varint()
            guard gap < UInt64(bucketMax), next + gap < UInt64(bucketMax), count > 0 else { return nil }
            buckets.append(Bucket(number: UInt16(next + gap), count: count))
            next += gap + 1
        }
        guard let first = buckets.first, let last = buckets.last else { return nil }
        guard let min = value(in: first, offset: try reader.varint()) else { return nil }
        if buckets.count == 1, first.count == 1 {
            return DurationHistogram(buckets: buckets, sum: UInt128(min), min: min, max: min)
        }
        guard let max = value(in: last, offset: try reader.varint()), min <= max else { return nil }
        let low = try reader.varint()
        let sum = UInt128(try reader.varint()) << 64 | UInt128(low)
        return DurationHistogram(buckets: buckets, sum: sum, min: min, max: max)
    }

    private static func value(in bucket: Bucket, offset: UInt64) -> UInt64? {
        let range = range(ofBucket: Int(bucket.number))
        return offset <= range.upperBound - range.lowerBound ? range.lowerBound + offset : nil
    }
}
