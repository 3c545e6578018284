import TraceModel

@testable import EmbeddedStore

/// What must hold of any bytes that are read as a log file: each batch that they give can be sealed.
enum LogProperties {
    /// Why the bytes are handled badly; nil if they are not.
    static func finding(in bytes: [UInt8]) -> String? {
        var finding: String?
        for bytes in [bytes, repaired(bytes)] {
            let size = LogFile.previousSize(bytes.span.bytes)
            let reading = LogReading(bytes.span.bytes, upTo: size) { batch in
                if !batch.isSound { finding = "a batch that does not hold together" }
                if batch.count > 0, batch.count < 500, BlockWriter.write([batch]).directory.spanCount != batch.count {
                    finding = "a batch that is sealed into another number of spans"
                }
                var again: [UInt8] = []
                BatchEncoding.encode(batch, into: &again)
                if BatchEncoding.decode(again.span.bytes)?.count != batch.count {
                    finding = "a batch that reads otherwise"
                }
            }
            if reading.end > bytes.count { finding = "an end beyond the end" }
        }
        return finding
    }

    /// The bytes with the checksums of their frames made right, one after the other.
    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var frame = LogFile.headerSize
        while frame + LogFile.frameHeaderSize <= bytes.count {
            let payload = frame + LogFile.frameHeaderSize
            var reader = ByteReader(bytes.span.bytes.extracting(frame..<payload))
            guard let length = try? reader.littleEndian(UInt32.self), Int(length) <= bytes.count - payload else {
                break
            }
            let sum = checksum(bytes.span.bytes.extracting(payload..<payload + Int(length)))
            for index in 0..<4 { bytes[frame + 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
            frame = payload + Int(length)
        }
        return bytes
    }
}
