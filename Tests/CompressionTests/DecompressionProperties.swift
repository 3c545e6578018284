import Compression

/// What must hold of any bytes that are unpacked: they are refused, or they give the same in one piece as in many, and
/// never more than the limits.
enum DecompressionProperties {
    private static let limits = DecompressionLimits(bytesMax: 4 << 20)

    /// Why the bytes are handled badly; nil if they are not. The first byte chooses the coding, the second the pieces.
    static func finding(in input: [UInt8]) -> String? {
        guard input.count > 2 else { return nil }
        let codings = ContentCoding.allCases
        let coding = codings[Int(input[0]) % codings.count]
        let body = Array(input.dropFirst(2))
        let whole = unpack(body, coding, pieces: body.count)
        if let whole, whole.count > limits.bytesMax { return "\(whole.count) bytes, more than the limit" }
        if let whole, whole.count > limits.bytesFree, whole.count > limits.ratioMax * body.count {
            return "\(whole.count) bytes of \(body.count)"
        }
        let parts = unpack(body, coding, pieces: 1 + Int(input[1]))
        // In pieces a bomb may be told from the beginning of what it unpacks to: only then may the two differ.
        if let whole, let parts, whole != parts { return "other bytes in pieces" }
        if whole == nil, parts != nil { return "refused as a whole and taken in pieces" }
        return nil
    }

    private static func unpack(_ body: [UInt8], _ coding: ContentCoding, pieces size: Int) -> [UInt8]? {
        var plain: [UInt8] = []
        do throws(DecompressionError) {
            let decompressor = try Decompressor(coding, limits: limits)
            var start = 0
            while start < body.count {
                let end = min(body.count, start + size)
                _ = try decompressor.write(body.span.bytes.extracting(start..<end)) { piece in
                    for index in piece.byteOffsets {
                        plain.append(piece.unsafeLoad(fromByteOffset: index, as: UInt8.self))
                    }
                    return true
                }
                start = end
            }
            try decompressor.finish()
        } catch {
            return nil
        }
        return plain
    }
}
