// Safety: zlib's state lives on the stack of one call; it stays within the counts it is given.

import CZlib

/// Packs whole bodies as gzip (RFC 1952).
public enum Gzip {
    /// The bytes packed, fast rather than small; nil if that does not make them fewer.
    public static func compress(_ bytes: RawSpan) -> [UInt8]? {
        guard bytes.byteCount > 64, bytes.byteCount < 1 << 30 else { return nil }
        var stream = z_stream()
        guard martlet_deflate_init(&stream, 1, 15 + 16) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let capacity = bytes.byteCount - 1
        var isWhole = false
        let packed = [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            bytes.withUnsafeBytes { source in
                stream.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(capacity)
                isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
            count = isWhole ? capacity - Int(stream.avail_out) : 0
        }
        return isWhole ? packed : nil
    }
}
