import TraceModel

/// What a log file still holds, whatever has become of some of its bytes.
struct LogReading {
    /// What was passed over between frames that hold.
    private(set) var damaged: [Range<Int>] = []
    /// Where the last frame ends that holds; what follows is an unfinished write, or damaged too.
    private(set) var end = 0
    /// Whether the limit that was given is no end of a frame, and was not heeded.
    private(set) var ignoresLimit = false

    /// Hands the batches of a file to `body`, in order; those of frames that end beyond `limit` do not count.
    ///
    /// The limit comes from a file too: one that is not the end of a frame is damaged, and nothing is left out for it.
    init(_ bytes: RawSpan, upTo limit: UInt64 = .max, body: (SpanBatch) -> Void) {
        if bytes.byteCount < LogFile.headerSize { return }
        end = LogFile.headerSize
        if !LogFile.isMagic(bytes.extracting(0..<LogFile.magic.count)) {
            damaged.append(0..<LogFile.magic.count)
        }
        let frames = LogScan(bytes).frames()
        let bound = Int(clamping: limit)
        let isHeeded = bound >= bytes.byteCount || bound == end || frames.contains { $0.upperBound == bound }
        ignoresLimit = !isHeeded
        for frame in frames where !isHeeded || frame.upperBound <= bound {
            let payload = frame.lowerBound + LogFile.frameHeaderSize..<frame.upperBound
            guard let batch = BatchEncoding.decode(bytes.extracting(payload)) else { continue }
            if frame.lowerBound > end { damaged.append(end..<frame.lowerBound) }
            end = frame.upperBound
            body(batch)
        }
    }
}

/// The search for the frames of a log file.
private struct LogScan: ~Escapable {
    /// No batch has a shorter payload.
    private static let payloadMin = 32
    /// Where a length may be anything, so many frames in a row must make sense before the first is summed.
    private static let linksMin = 3
    /// Past damage no more than so many times the file's bytes are summed in search of a frame.
    private static let effort = 8

    private let bytes: RawSpan
    // How many bytes may still be summed for frames that are none.
    private var effortLeft: Int

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
        effortLeft = bytes.byteCount * Self.effort
    }

    /// Where the frames are whose checksums hold.
    consuming func frames() -> [Range<Int>] {
        var frames: [Range<Int>] = []
        var offset = LogFile.headerSize
        while offset < bytes.byteCount {
            if let end = end(ofFrame: offset), holds(offset..<end) {
                frames.append(offset..<end)
                offset = end
            } else if let next = frame(after: offset) {
                offset = next
            } else {
                break
            }
        }
        return frames
    }

    /// Where the next frame begins after one that does not hold.
    private mutating func frame(after offset: Int) -> Int? {
        // Mostly the length is sound and the damage is in what it spans.
        if let end = end(ofFrame: offset), end < bytes.byteCount, let next = self.end(ofFrame: end), holds(end..<next) {
            return end
        }
        var candidate = offset + 1
        while candidate + LogFile.frameHeaderSize + Self.payloadMin <= bytes.byteCount, effortLeft > 0 {
            if isLikely(candidate), let end = end(ofFrame: candidate) {
                effortLeft -= end - candidate
                if holds(candidate..<end) { return candidate }
            }
            candidate += 1
        }
        return nil
    }

    /// Where the frame ends whose header is at an offset, if it can be one.
    private func end(ofFrame offset: Int) -> Int? {
        let payload = offset + LogFile.frameHeaderSize
        guard payload <= bytes.byteCount else { return nil }
        let length = Int(word(offset))
        guard length >= Self.payloadMin, length <= bytes.byteCount - payload else { return nil }
        return payload + length
    }

    /// Whether some headers one after the other make sense, or lead just to the end.
    private func isLikely(_ offset: Int) -> Bool {
        var place = offset
        for _ in 0..<Self.linksMin {
            guard let end = end(ofFrame: place) else { return false }
            if end == bytes.byteCount { return true }
            place = end
        }
        return true
    }

    private func holds(_ frame: Range<Int>) -> Bool {
        let payload = frame.lowerBound + LogFile.frameHeaderSize..<frame.upperBound
        return checksum(bytes.extracting(payload)) == word(frame.lowerBound + 4)
    }

    private func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
