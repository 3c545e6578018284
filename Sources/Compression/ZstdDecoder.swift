// Safety: the context has one owner; libzstd stays within the counts it is given, and what it returns is checked.

import CZstd

/// Unpacks zstd.
final class ZstdDecoder: StreamDecoder {
    /// The largest window of a frame, as a power of two: what RFC 8878 (section 3.1.1.1.2) wants every decoder to take.
    private static let windowLogMax: CInt = 23

    private let context: OpaquePointer
    /// Between frames; a body without any frame is not whole.
    private(set) var isAtEnd = false

    init() throws(DecompressionError) {
        guard let context = ZSTD_createDCtx() else { throw .exhausted }
        self.context = context
        _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLogMax)
    }

    deinit { ZSTD_freeDCtx(context) }

    func step(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> (read: Int, written: Int) {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        // Without input it goes on giving out what it still has of the frame.
        if input.isEmpty, isAtEnd { return (0, 0) }
        let result = ZSTD_decompressStream(context, &target, &source)
        if ZSTD_isError(result) != 0 { throw .damaged(String(cString: ZSTD_getErrorName(result))) }
        isAtEnd = result == 0
        return (source.pos, target.pos)
    }
}
