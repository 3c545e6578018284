import CZstd
import Synchronization
import TraceModel

// Safety: contexts belong to one object that one thread uses; libzstd reads and writes within the counts it is given,
// and what it returns is checked.

/// Compresses runs of bytes with zstd, one after the other.
final class Compressor {
    private let context: OpaquePointer?
    private let level: Int32

    init(level: Int32 = 3) {
        context = ZSTD_createCCtx()
        self.level = level
    }

    deinit { ZSTD_freeCCtx(context) }

    /// The bytes in fewer bytes, or nil if that saves less than a tenth: then they are better kept as they are.
    func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard let context, bytes.count >= 48 else { return nil }
        let bound = ZSTD_compressBound(bytes.count)
        var size = 0
        let compressed = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            size = bytes.withUnsafeBytes { source in
                ZSTD_compressCCtx(context, target.baseAddress, bound, source.baseAddress, source.count, level)
            }
            count = ZSTD_isError(size) == 0 ? size : 0
        }
        return !compressed.isEmpty && compressed.count * 10 < bytes.count * 9 ? compressed : nil
    }
}

/// What decompression needs beside the bytes. Making one costs more than most columns take to decompress, so they are
/// kept, as many as ever worked at one time.
private final class Decompressor: @unchecked Sendable {
    static let idle = Mutex<[Decompressor]>([])
    private let context: OpaquePointer?

    init() { context = ZSTD_createDCtx() }

    deinit { ZSTD_freeDCtx(context) }

    /// The bytes decompressed, if there are just `count`.
    func decompress(_ bytes: RawSpan, count: Int) -> [UInt8]? {
        guard let context else { return nil }
        let plain = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            let size = bytes.withUnsafeBytes { source in
                ZSTD_decompressDCtx(context, target.baseAddress, count, source.baseAddress, source.count)
            }
            initialized = ZSTD_isError(size) == 0 ? size : 0
        }
        return plain.count == count ? plain : nil
    }
}

/// The bytes that `Compressor` made others of; nil unless there are just `count` of them.
func decompress(_ bytes: RawSpan, count: Int) -> [UInt8]? {
    guard count <= BlockLayout.columnBytesMax else { return nil }
    let decompressor = Decompressor.idle.withLock { $0.popLast() } ?? Decompressor()
    defer { Decompressor.idle.withLock { $0.append(decompressor) } }
    return decompressor.decompress(bytes, count: count)
}
