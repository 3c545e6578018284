import TraceModel

/// Where a search goes on: after the last trace of the page before.
///
/// It names a place in the order and not a number of traces, so that spans which arrive between two pages neither
/// repeat nor skip a trace that they do not belong to. A trace that has grown itself stands where it belongs now.
///
/// Its text is opaque: a version, the order, the position and a checksum, in URL-safe base64 without padding.
public struct TraceCursor: Hashable, Sendable {
    /// The order that the search was asked for.
    public var order: TraceOrder
    /// The last trace that was returned.
    public var position: TracePosition

    private static let version: UInt8 = 1
    private static let byteCount = 38

    /// Makes a cursor from its parts.
    public init(order: TraceOrder, position: TracePosition) {
        self.order = order
        self.position = position
    }

    /// Reads a cursor's text.
    public init(text: String) throws(TraceCursorError) {
        guard text.utf8.count <= 4 * Self.byteCount, let bytes = base64Bytes(text), bytes.count > 5,
            Self.checksum(bytes.dropLast(4)) == Self.word(bytes.suffix(4))
        else { throw .unreadable }
        guard bytes[0] == Self.version else { throw .version(Int(bytes[0])) }
        guard bytes.count == Self.byteCount, let order = TraceOrder.allCases.first(where: { $0.number == bytes[1] })
        else { throw .unreadable }
        self.order = order
        position = TracePosition(
            rank: Self.word(bytes[2..<10]),
            start: Self.word(bytes[10..<18]),
            id: TraceID(high: Self.word(bytes[18..<26]), low: Self.word(bytes[26..<34]))
        )
    }

    /// The text that `init(text:)` reads.
    public var text: String {
        var bytes: [UInt8] = [Self.version, order.number]
        for word in [position.rank, position.start, position.id.high, position.id.low] {
            Self.append(word, count: 8, to: &bytes)
        }
        Self.append(Self.checksum(bytes[...]), count: 4, to: &bytes)
        var text = ""
        for character in base64Text(bytes) where character != "=" {
            text.append(character == "+" ? "-" : character == "/" ? "_" : character)
        }
        return text
    }

    private static func append(_ word: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * index))) }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// Fowler, Noll and Vo's hash (FNV-1a, 32 bits): a text that lost a character is told from one that did not.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return UInt64(hash)
    }
}

/// Why a text is no cursor.
public enum TraceCursorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It was not made by a search, or it is not whole.
    case unreadable
    /// It was made by another version.
    case version(Int)

    public var description: String {
        switch self {
        case .unreadable: "this is no cursor: pass the one that an answer gave, whole and unchanged"
        case .version(let version):
            "this cursor has version \(version), which is not known here: begin with the first page"
        }
    }
}

extension TraceOrder {
    /// The number in a cursor.
    fileprivate var number: UInt8 {
        switch self {
        case .newest: 1
        case .oldest: 2
        case .longest: 3
        case .shortest: 4
        case .mostSpans: 5
        case .mostErrors: 6
        }
    }
}
