import NIOCore
import TraceModel

/// Writes JSON as UTF-8 bytes, front to back, without building a document first.
///
/// The caller says what comes next and this keeps the commas, and the line breaks of the indented form. Wrong nesting
/// is the caller's bug and shows as malformed JSON, never as a crash.
struct JSONWriter {
    /// What has been written and not been taken yet.
    private(set) var bytes: [UInt8] = []
    /// Whether each value stands on a line of its own, indented by four spaces a level (Jaeger's `prettyPrint`).
    let isIndented: Bool
    private var depth = 0
    // Nothing has been written in the innermost open container yet. One flag does for all levels: where a container
    // ends, the one around it has an element.
    private var isFirst = true
    private var isAfterKey = false

    init(isIndented: Bool = false) {
        self.isIndented = isIndented
    }

    /// What has been written since the last call; goes on where it is.
    mutating func takePiece() -> ByteBuffer {
        let piece = ByteBuffer(bytes: bytes)
        bytes.removeAll(keepingCapacity: true)
        return piece
    }

    mutating func beginObject() { begin(UInt8(ascii: "{")) }

    mutating func endObject() { end(UInt8(ascii: "}")) }

    mutating func beginArray() { begin(UInt8(ascii: "[")) }

    mutating func endArray() { end(UInt8(ascii: "]")) }

    /// The key of the next value: one of our own names, which need no escaping.
    mutating func key(_ name: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(UInt8(ascii: " ")) }
        isAfterKey = true
    }

    /// The key of the next value: any text.
    mutating func key(escaping name: RawSpan) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(name, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(UInt8(ascii: " ")) }
        isAfterKey = true
    }

    /// The key of the next value: a text of somebody else's.
    mutating func textKey(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(UInt8(ascii: " ")) }
        isAfterKey = true
    }

    mutating func null() { literal("null") }

    mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    mutating func int(_ value: some BinaryInteger) {
        beginValue()
        appendDecimal(value.magnitude, isNegative: value < 0)
    }

    /// A number written as text because a reader with 53-bit integers would alter it.
    mutating func quotedInt(_ value: some BinaryInteger) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        appendDecimal(value.magnitude, isNegative: value < 0)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A double in the fewest digits that read back as the same; those that JSON cannot express as text.
    mutating func double(_ value: Double) {
        if value.isFinite { literal(decimalText(value)) } else { string(decimalText(value)) }
    }

    /// 16 lower-case hexadecimal digits, or 32 if the upper half is not zero: Jaeger's form of a trace id.
    mutating func id(_ id: TraceID) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        if id.high != 0 { appendHex(id.high) }
        appendHex(id.low)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Always 32 lower-case hexadecimal digits: OTLP's form of a trace id.
    mutating func paddedID(_ id: TraceID) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        appendHex(id.high)
        appendHex(id.low)
        bytes.append(UInt8(ascii: "\""))
    }

    /// 16 lower-case hexadecimal digits.
    mutating func id(_ id: SpanID) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        appendHex(id.bits)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func string(_ text: String) {
        let copy = Array(text.utf8)
        string(copy.span.bytes)
    }

    /// A text of ours or of a known alphabet, which needs no escaping.
    mutating func plainString(_ text: String) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Stored bytes as text: what is not UTF-8 becomes U+FFFD.
    mutating func string(_ text: RawSpan) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A value that another writer wrote, on one line.
    mutating func raw(_ value: [UInt8]) {
        beginValue()
        bytes.append(contentsOf: value)
    }

    private mutating func literal(_ text: String) {
        beginValue()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func begin(_ bracket: UInt8) {
        beginValue()
        bytes.append(bracket)
        depth += 1
        isFirst = true
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if isIndented, !isFirst { breakLine() }
        bytes.append(bracket)
        isFirst = false
    }

    private mutating func beginValue() {
        if isAfterKey {
            isAfterKey = false
            return
        }
        separate()
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        if isIndented, depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<4 * depth { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func appendDecimal(_ magnitude: some BinaryInteger, isNegative: Bool) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        var rest = UInt64(truncatingIfNeeded: magnitude)
        let begin = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest != 0
        var low = begin
        var high = bytes.count - 1
        while low < high {
            bytes.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    private mutating func appendHex(_ bits: UInt64) {
        var shift: UInt64 = 64
        while shift > 0 {
            shift -= 4
            let digit = UInt8(truncatingIfNeeded: bits >> shift) & 15
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
        }
    }
}
