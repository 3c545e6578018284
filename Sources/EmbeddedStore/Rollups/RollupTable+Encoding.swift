import SpanStorage
import TraceModel

/// A table as bytes: how it stands in the catalogue.
///
///     u8 version (1), u8 1 if compressed with zstd, u32 CRC-32C of all that follows, varint bytes uncompressed, then
///     varint earliest minute
///     varint strings, for each: varint bytes; then their bytes; number 0 is the empty string and not among them
///     varint services, for each: varint service, varint bytes of what follows for it:
///         varint series, for each: varint name, u8 kind + 16 · status, varint minutes,
///             for each: varint minute (less the one before, the first less the earliest), histogram
///     varint edges, for each: varint caller, varint callee, varint minutes,
///         for each: varint minute (likewise), varint errors, histogram
extension RollupTable {
    private static let version: UInt8 = 1
    private static let headerSize = 6

    /// The table's bytes.
    func encode() -> [UInt8] {
        var plain: [UInt8] = []
        let base = minutes?.lowerBound ?? 0
        plain.append(varint: UInt64(base))
        let numbers = encodeStrings(into: &plain)
        encodeSeries(base: base, numbers, into: &plain)
        encodeEdges(base: base, numbers, into: &plain)
        let packed = Compressor().compress(plain)
        var body: [UInt8] = []
        body.append(varint: UInt64(plain.count))
        body.append(contentsOf: packed ?? plain)
        var bytes = [Self.version, packed == nil ? 0 : 1]
        bytes.append(littleEndian: checksum(body.span.bytes))
        bytes.append(contentsOf: body)
        return bytes
    }

    /// Writes the strings in the order of their bytes, so that equal tables have equal bytes, however they came to be;
    /// returns their numbers by ref.
    private func encodeStrings(into bytes: inout [UInt8]) -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: strings.count)
        let order = (1..<Swift.max(1, strings.count)).sorted { left, right in
            let one = strings.arena[strings.range(StringRef(left))]
            return one.lexicographicallyPrecedes(strings.arena[strings.range(StringRef(right))])
        }
        bytes.append(varint: UInt64(order.count))
        for (number, ref) in order.enumerated() {
            numbers[ref] = UInt64(number) + 1
            bytes.append(varint: UInt64(strings.range(StringRef(ref)).count))
        }
        for ref in order { bytes.append(contentsOf: strings.arena[strings.range(StringRef(ref))]) }
        return numbers
    }

    private func encodeSeries(base: UInt32, _ numbers: [UInt64], into bytes: inout [UInt8]) {
        let keys = series.keys.sorted { left, right in
            if left.service != right.service { return numbers[Int(left.service)] < numbers[Int(right.service)] }
            if left.name != right.name { return numbers[Int(left.name)] < numbers[Int(right.name)] }
            if left.form != right.form { return left.form < right.form }
            return left.minute < right.minute
        }
        let services = runs(of: keys) { $0.service == $1.service }
        bytes.append(varint: UInt64(services.count))
        for service in services {
            var body: [UInt8] = []
            let groups = runs(of: keys[service]) { $0.name == $1.name && $0.form == $1.form }
            body.append(varint: UInt64(groups.count))
            for group in groups {
                body.append(varint: numbers[Int(keys[group.lowerBound].name)])
                body.append(keys[group.lowerBound].form)
                body.append(varint: UInt64(group.count))
                var last = base
                for key in keys[group] {
                    body.append(varint: UInt64(key.minute - last))
                    last = key.minute
                    (series[key] ?? DurationHistogram()).encode(into: &body)
                }
            }
            bytes.append(varint: numbers[Int(keys[service.lowerBound].service)])
            bytes.append(varint: UInt64(body.count))
            bytes.append(contentsOf: body)
        }
    }

    private func encodeEdges(base: UInt32, _ numbers: [UInt64], into bytes: inout [UInt8]) {
        let keys = edges.keys.sorted { left, right in
            if left.caller != right.caller { return numbers[Int(left.caller)] < numbers[Int(right.caller)] }
            if left.callee != right.callee { return numbers[Int(left.callee)] < numbers[Int(right.callee)] }
            return left.minute < right.minute
        }
        let groups = runs(of: keys[...]) { $0.caller == $1.caller && $0.callee == $1.callee }
        bytes.append(varint: UInt64(groups.count))
        for group in groups {
            bytes.append(varint: numbers[Int(keys[group.lowerBound].caller)])
            bytes.append(varint: numbers[Int(keys[group.lowerBound].callee)])
            bytes.append(varint: UInt64(group.count))
            var last = base
            for key in keys[group] {
                let edge = edges[key] ?? Edge()
                bytes.append(varint: UInt64(key.minute - last))
                last = key.minute
                bytes.append(varint: edge.errors)
                edge.durations.encode(into: &bytes)
            }
        }
    }

    /// The table of some bytes, of all services or of those that `isWanted` takes; nil if they are not of one.
    static func decode(_ bytes: RawSpan, services isWanted: ((String) -> Bool)? = nil) -> RollupTable? {
        var header = ByteReader(bytes)
        guard (try? header.byte()) == version, let form = try? header.byte(), form <= 1,
            let sum = try? header.littleEndian(UInt32.self), checksum(bytes.extracting(headerSize...)) == sum,
            let count = try? header.varint(), count <= UInt64(BlockLayout.columnBytesMax)
        else { return nil }
        let body = bytes.extracting(header.offset...)
        if form == 1 {
            guard let plain = decompress(body, count: Int(count)) else { return nil }
            return decode(plain: plain.span.bytes, isWanted)
        }
        return body.byteCount == Int(count) ? decode(plain: body, isWanted) : nil
    }

    private static func decode(plain bytes: RawSpan, _ isWanted: ((String) -> Bool)?) -> RollupTable? {
        var reader = ByteReader(bytes)
        var table = RollupTable()
        do {
            guard let base = UInt32(exactly: try reader.varint()), let refs = try table.decodeStrings(&reader),
                try table.decodeSeries(&reader, base: base, refs, isWanted),
                try table.decodeEdges(&reader, base: base, refs)
            else { return nil }
        } catch {
            return nil
        }
        return reader.isAtEnd ? table : nil
    }

    /// The table's own refs of the strings that the bytes number.
    @_lifetime(reader: copy reader)
    private mutating func decodeStrings(_ reader: inout ByteReader) throws(ByteError) -> [StringRef]? {
        let count = try reader.varint()
        guard count <= UInt64(reader.left) else { return nil }
        var sizes: [Int] = []
        for _ in 0..<count { sizes.append(Int(clamping: try reader.varint())) }
        var refs: [StringRef] = [0]
        for size in sizes { refs.append(intern(bytes: try reader.take(size))) }
        return refs
    }

    @_lifetime(reader: copy reader)
    private mutating func decodeSeries(
        _ reader: inout ByteReader,
        base: UInt32,
        _ refs: [StringRef],
        _ isWanted: ((String) -> Bool)?
    ) throws(ByteError) -> Bool {
        for _ in 0..<(try reader.varint()) {
            let service = try reader.varint()
            guard service < UInt64(refs.count) else { return false }
            let ref = refs[Int(service)]
            let body = try reader.delimited()
            if let isWanted, !isWanted(strings.text(ref)) { continue }
            var inner = ByteReader(body)
            for _ in 0..<(try inner.varint()) {
                let name = try inner.varint()
                let form = try inner.byte()
                guard name < UInt64(refs.count), let kind = SpanKind(rawValue: form & 15),
                    let status = StatusCode(rawValue: form >> 4)
                else { return false }
                var minute = base
                for _ in 0..<(try inner.varint()) {
                    guard let next = Self.minute(minute, plus: try inner.varint()),
                        let durations = try DurationHistogram.decode(&inner)
                    else { return false }
                    minute = next
                    let name = refs[Int(name)]
                    add(
                        durations,
                        to: SeriesKey(minute: minute, service: ref, name: name, kind: kind, status: status)
                    )
                }
            }
            if !inner.isAtEnd { return false }
        }
        return true
    }

    @_lifetime(reader: copy reader)
    private mutating func decodeEdges(
        _ reader: inout ByteReader,
        base: UInt32,
        _ refs: [StringRef]
    ) throws(ByteError) -> Bool {
        for _ in 0..<(try reader.varint()) {
            let caller = try reader.varint()
            let callee = try reader.varint()
            guard caller < UInt64(refs.count), callee < UInt64(refs.count) else { return false }
            var minute = base
            for _ in 0..<(try reader.varint()) {
                guard let next = Self.minute(minute, plus: try reader.varint()) else { return false }
                minute = next
                let errors = try reader.varint()
                guard let durations = try DurationHistogram.decode(&reader) else { return false }
                add(
                    Edge(durations: durations, errors: errors),
                    to: EdgeKey(minute: minute, caller: refs[Int(caller)], callee: refs[Int(callee)])
                )
            }
        }
        return true
    }

    private static func minute(_ minute: UInt32, plus gap: UInt64) -> UInt32? {
        UInt32(exactly: UInt64(minute).addingWithoutWrap(gap))
    }

    /// The runs of elements that belong together.
    private func runs<Element>(
        of elements: ArraySlice<Element>,
        together: (Element, Element) -> Bool
    ) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var first = elements.startIndex
        for index in elements.indices where index > first && !together(elements[index - 1], elements[index]) {
            runs.append(first..<index)
            first = index
        }
        if first < elements.endIndex { runs.append(first..<elements.endIndex) }
        return runs
    }

    private func runs(of keys: [SeriesKey], together: (SeriesKey, SeriesKey) -> Bool) -> [Range<Int>] {
        runs(of: keys[...], together: together)
    }
}

extension RollupTable.SeriesKey {
    /// Kind and status in one byte.
    fileprivate var form: UInt8 { kind.rawValue | status.rawValue << 4 }
}
