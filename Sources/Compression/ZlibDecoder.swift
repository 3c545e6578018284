// Safety: the stream's state has an address of its own, which zlib keeps; input and output pointers in it are used
// within one call each, and zlib stays within the counts it is given.

import CZlib

/// Unpacks gzip and deflate.
final class ZlibDecoder: StreamDecoder {
    enum Format { case gzip, deflate }

    private let format: Format
    private let stream: UnsafeMutablePointer<z_stream>
    private var isBegun = false
    /// The first byte of a deflate body, until the second shows whether both are zlib's header.
    private var held: UInt8?
    private(set) var isAtEnd = false

    init(_ format: Format) throws(DecompressionError) {
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        if format == .gzip { try begin(windowBits: 15 + 16) }
    }

    deinit {
        if isBegun { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    private func begin(windowBits: CInt) throws(DecompressionError) {
        if martlet_inflate_init(stream, windowBits) != Z_OK { throw .exhausted }
        isBegun = true
    }

    func step(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> (read: Int, written: Int) {
        // Without input it goes on giving out what it still has.
        if input.isEmpty, !isBegun || isAtEnd { return (0, 0) }
        if !isBegun { return try beginDeflate(input, into: output) }
        if isAtEnd {
            // RFC 1952, section 2.2: a gzip file may have several members, one after the other.
            guard format == .gzip, input[0] == 0x1F else { throw .trailing }
            if inflateReset(stream) != Z_OK { throw .exhausted }
            isAtEnd = false
        }
        return try inflateSome(input, into: output)
    }

    private func inflateSome(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> (read: Int, written: Int) {
        let count = min(input.count, Int(UInt32.max >> 1))
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.pointee.avail_in = UInt32(count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = inflate(stream, Z_NO_FLUSH)
        let step = (count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out))
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isAtEnd = true
        case Z_MEM_ERROR: throw .exhausted
        default: throw .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "it is not \(format)")
        }
        return step
    }

    /// The header of zlib is a number of 16 bits that 31 divides (RFC 1950, section 2.2); what has none is raw.
    private func beginDeflate(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> (read: Int, written: Int) {
        guard let first = held else {
            if input.count == 1 {
                held = input[0]
                return (1, 0)
            }
            try begin(windowBits: Self.isHeader(input[0], input[1]) ? 15 : -15)
            return try inflateSome(input, into: output)
        }
        try begin(windowBits: Self.isHeader(first, input[0]) ? 15 : -15)
        // One byte is no whole header and no block: nothing comes out of it yet.
        _ = try withUnsafeBytes(of: first) { byte throws(DecompressionError) in try inflateSome(byte, into: output) }
        return try inflateSome(input, into: output)
    }

    private static func isHeader(_ first: UInt8, _ second: UInt8) -> Bool {
        first & 0x0F == 8 && (UInt16(first) << 8 | UInt16(second)) % 31 == 0
    }
}
