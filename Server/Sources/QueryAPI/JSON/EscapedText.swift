import TraceModel

// The text of JSON strings. Besides what JSON demands, `<`, `>`, `&` and the two line separators are escaped, as Go's
// encoder does it: an answer that somebody pastes into a page cannot end a script element there.

private let hexDigits = Array("0123456789abcdef".utf8)

/// Appends bytes as the inside of a JSON string; each byte that is not part of UTF-8 becomes U+FFFD.
func appendEscaped(_ text: RawSpan, to bytes: inout [UInt8]) {
    var copied = 0
    var offset = 0
    while offset < text.byteCount {
        let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        let length: Int
        if byte < 0x80 {
            if !needsEscape(byte) {
                offset += 1
                continue
            }
            length = 1
        } else {
            length = utf8SequenceLength(text, at: offset)
            if length != 0, !isLineSeparator(text, at: offset, length: length) {
                offset += length
                continue
            }
        }
        bytes.append(copying: text.extracting(copied..<offset))
        if length == 0 {
            bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
        } else if length == 3 {
            let last = text.unsafeLoad(fromByteOffset: offset + 2, as: UInt8.self)
            bytes.append(contentsOf: last == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8)
        } else {
            appendEscape(byte, to: &bytes)
        }
        offset += max(length, 1)
        copied = offset
    }
    bytes.append(copying: text.extracting(copied..<offset))
}

/// Whether bytes are UTF-8 throughout (RFC 3629).
func isUTF8(_ text: RawSpan) -> Bool {
    var offset = 0
    while offset < text.byteCount {
        if text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) < 0x80 {
            offset += 1
            continue
        }
        let length = utf8SequenceLength(text, at: offset)
        if length == 0 { return false }
        offset += length
    }
    return true
}

private func needsEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
        true
    default: false
    }
}

private func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(hexDigits[Int(byte >> 4)])
        bytes.append(hexDigits[Int(byte & 15)])
    }
}

/// How many bytes the character at `offset`, which is not ASCII, takes; 0 if it is malformed (Unicode, table 3-7).
private func utf8SequenceLength(_ text: RawSpan, at offset: Int) -> Int {
    func next(_ distance: Int) -> UInt8 {
        let place = offset + distance
        return place < text.byteCount ? text.unsafeLoad(fromByteOffset: place, as: UInt8.self) : 0
    }
    func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    let first = next(0)
    let second = next(1)
    switch first {
    case 0xC2...0xDF:
        return isContinuation(second) ? 2 : 0
    case 0xE0...0xEF:
        let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
        let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
        return second >= lowest && second <= highest && isContinuation(next(2)) ? 3 : 0
    case 0xF0...0xF4:
        let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
        let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
        let inRange = second >= lowest && second <= highest
        return inRange && isContinuation(next(2)) && isContinuation(next(3)) ? 4 : 0
    default:
        return 0
    }
}

/// U+2028 and U+2029, which older JavaScript takes for line ends inside a string.
private func isLineSeparator(_ text: RawSpan, at offset: Int, length: Int) -> Bool {
    length == 3 && text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == 0xE2
        && text.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self) == 0x80
        && text.unsafeLoad(fromByteOffset: offset + 2, as: UInt8.self) & 0xFE == 0xA8
}
