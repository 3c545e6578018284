import NIOCore

/// Puts the messages of a call together: each has a byte that says whether it is packed, and its length in four
/// (gRPC over HTTP/2, "Length-Prefixed-Message").
struct MessageAssembler {
    /// A message as it was sent.
    struct Message {
        var isPacked: Bool
        var bytes: ByteBuffer
    }

    static let prefixBytes = 5
    /// Memory is taken for a claimed length up to here; the rest as it arrives.
    private static let claimBytesMax = 1 << 20

    private var buffer = ByteBuffer()

    /// Whether part of a message has arrived.
    var isWithin: Bool { buffer.readableBytes > 0 }

    /// The length that the message that is arriving says it has, once that is known.
    var claimedBytes: Int? {
        buffer.getInteger(at: buffer.readerIndex + 1, as: UInt32.self).map(Int.init)
    }

    /// Takes the next bytes of the call.
    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            return
        }
        let needed = bytes.readableBytes
        if buffer.writableBytes < needed {
            let whole = min((claimedBytes ?? 0) + Self.prefixBytes, Self.claimBytesMax)
            buffer.reserveCapacity(minimumWritableBytes: max(needed, whole - buffer.readableBytes))
        }
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next whole message, if it is there.
    mutating func next() -> Message? {
        guard let flag = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self), let length = claimedBytes,
            buffer.readableBytes >= Self.prefixBytes + length
        else { return nil }
        buffer.moveReaderIndex(forwardBy: Self.prefixBytes)
        guard let bytes = buffer.readSlice(length: length) else { return nil }
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return Message(isPacked: flag != 0, bytes: bytes)
    }

    /// A message as it is sent; packed if that was asked for and makes it smaller.
    static func framed(_ message: ByteBuffer, packed: [UInt8]?) -> ByteBuffer {
        let count = packed?.count ?? message.readableBytes
        var frame = ByteBuffer()
        frame.reserveCapacity(prefixBytes + count)
        frame.writeInteger(packed == nil ? UInt8(0) : 1)
        frame.writeInteger(UInt32(count))
        if let packed {
            frame.writeBytes(packed)
        } else {
            frame.writeImmutableBuffer(message)
        }
        return frame
    }
}
