// Safety: the chunk belongs to the object and lives as long as it does; libraries write no more than its size into it,
// and views of it are lent out for the time of one call.

/// Unpacks one body as its pieces arrive.
///
/// What comes out is lent in chunks of at most 32 KiB, so that a bomb is noticed before it has cost memory.
public final class Decompressor {
    static let chunkBytes = 32 << 10

    private let decoder: any StreamDecoder
    private let limits: DecompressionLimits
    private let chunk: UnsafeMutableRawBufferPointer
    /// Bytes read so far.
    public private(set) var inputBytes = 0
    /// Bytes given out so far.
    public private(set) var outputBytes = 0

    /// Makes one for a body of this coding.
    public init(_ coding: ContentCoding, limits: DecompressionLimits) throws(DecompressionError) {
        decoder =
            switch coding {
            case .gzip: try ZlibDecoder(.gzip)
            case .deflate: try ZlibDecoder(.deflate)
            case .zstd: try ZstdDecoder()
            }
        self.limits = limits
        chunk = .allocate(byteCount: Self.chunkBytes, alignment: 16)
    }

    deinit { chunk.deallocate() }

    /// Unpacks the next piece of the body; `take` gets what comes out, and stops it by returning false.
    ///
    /// - Returns: False if `take` did.
    public func write(_ bytes: RawSpan, take: (RawSpan) -> Bool) throws(DecompressionError) -> Bool {
        var offset = 0
        while true {
            let step = try bytes.extracting(offset..<bytes.byteCount).withUnsafeBytes {
                input throws(DecompressionError) in
                try decoder.step(input, into: chunk)
            }
            offset += step.read
            inputBytes += step.read
            outputBytes += step.written
            if outputBytes > limits.bytesMax { throw .tooLarge(limit: limits.bytesMax) }
            if outputBytes > limits.bytesFree, outputBytes / limits.ratioMax > inputBytes {
                throw .bomb(ratio: limits.ratioMax)
            }
            if step.written > 0, !take(UnsafeRawBufferPointer(rebasing: chunk[..<step.written]).bytes) { return false }
            if step.written < chunk.count, offset == bytes.byteCount || step.read == 0 { return true }
        }
    }

    /// Throws unless the body is whole.
    public func finish() throws(DecompressionError) {
        if !decoder.isAtEnd { throw .truncated }
    }
}

extension Decompressor {
    /// A body that is there as a whole, unpacked.
    public static func decompress(
        _ bytes: RawSpan,
        _ coding: ContentCoding,
        limits: DecompressionLimits
    ) throws(DecompressionError) -> [UInt8] {
        let decompressor = try Decompressor(coding, limits: limits)
        var plain: [UInt8] = []
        _ = try decompressor.write(bytes) { piece in
            piece.withUnsafeBytes { plain.append(contentsOf: $0) }
            return true
        }
        try decompressor.finish()
        return plain
    }
}

/// One library's way to unpack a stream.
protocol StreamDecoder: AnyObject {
    /// Whether what was read so far is whole.
    var isAtEnd: Bool { get }

    /// Reads some of `input` and writes what comes of it into `output`, as much as there is room for.
    func step(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> (read: Int, written: Int)
}
