// Safety: the libraries write no more than the bound that they named themselves.

import CZlib
import CZstd
import Compression

/// Bytes packed by the libraries themselves.
enum Packing {
    static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { target, count in
            count = bytes.withUnsafeBytes { source in
                ZSTD_compress(target.baseAddress, target.count, source.baseAddress, source.count, 3)
            }
        }
    }

    /// With the header of zlib, or without it.
    static func deflate(_ bytes: [UInt8], raw: Bool = false) -> [UInt8] {
        pack(bytes, windowBits: raw ? -15 : 15)
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        pack(bytes, windowBits: 15 + 16)
    }

    static func pack(_ bytes: [UInt8], as coding: ContentCoding) -> [UInt8] {
        switch coding {
        case .gzip: gzip(bytes)
        case .deflate: deflate(bytes)
        case .zstd: zstd(bytes)
        }
    }

    private static func pack(_ bytes: [UInt8], windowBits: CInt) -> [UInt8] {
        var stream = z_stream()
        _ = martlet_deflate_init(&stream, 6, windowBits)
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count))) + 64
        return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            bytes.withUnsafeBytes { source in
                stream.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(bound)
                _ = CZlib.deflate(&stream, Z_FINISH)
            }
            count = bound - Int(stream.avail_out)
        }
    }
}
