import Compression
import Testing

// Arrays rather than views of them: macros cannot take those.

private func unpack(
    _ bytes: [UInt8],
    _ coding: ContentCoding,
    _ limits: DecompressionLimits = DecompressionLimits(bytesMax: 1 << 20)
) throws(DecompressionError) -> [UInt8] {
    try Decompressor.decompress(bytes.span.bytes, coding, limits: limits)
}

extension [UInt8] {
    fileprivate mutating func append(copying bytes: RawSpan) {
        for offset in 0..<bytes.byteCount { append(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
    }
}

private func gzip(_ bytes: [UInt8]) -> [UInt8]? { Gzip.compress(bytes.span.bytes) }

@Suite struct DecompressorTests {
    private static let limits = DecompressionLimits(bytesMax: 1 << 20)

    private func text(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(ascii: "a") + UInt8(state >> 60)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `what was packed comes out in pieces of any size`(coding: ContentCoding) throws {
        for count in [0, 1, 100, 32 << 10, 200_000] {
            let plain = text(count, seed: UInt64(count))
            let packed = Packing.pack(plain, as: coding)
            for step in [1, 2, 7, 1_000, packed.count] where packed.count / step < 20_000 {
                let decompressor = try Decompressor(coding, limits: Self.limits)
                var out: [UInt8] = []
                for start in stride(from: 0, to: packed.count, by: step) {
                    let piece = packed.span.bytes.extracting(start..<min(packed.count, start + step))
                    let isTaken = try decompressor.write(piece) { bytes in
                        out.append(copying: bytes)
                        return true
                    }
                    #expect(isTaken)
                }
                try decompressor.finish()
                #expect(out == plain, "\(count) bytes in steps of \(step)")
            }
        }
    }

    @Test func `deflate is understood with and without the header of zlib`() throws {
        let plain = text(5_000, seed: 3)
        let packed = Packing.deflate(plain, raw: true)
        #expect(try unpack(packed, .deflate) == plain)
    }

    @Test func `several members of gzip are one body`() throws {
        let packed = Packing.gzip([1, 2, 3]) + Packing.gzip([]) + Packing.gzip([4])
        #expect(try unpack(packed, .gzip) == [1, 2, 3, 4])
    }

    @Test(arguments: ContentCoding.allCases)
    func `a body that ends too early throws`(coding: ContentCoding) {
        let packed = Packing.pack(text(3_000, seed: 9), as: coding)
        for end in [0, 1, 5, packed.count / 2, packed.count - 1] {
            #expect(throws: DecompressionError.self, "\(end) of \(packed.count) bytes") {
                try unpack(Array(packed[..<end]), coding)
            }
        }
    }

    @Test(arguments: [ContentCoding.gzip, .deflate])
    func `bytes after the end throw`(coding: ContentCoding) {
        let packed = Packing.pack([1, 2, 3], as: coding) + [0]
        #expect(throws: DecompressionError.trailing) {
            try unpack(packed, coding)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `a bomb is stopped by the ratio before it is unpacked`(coding: ContentCoding) throws {
        let packed = Packing.pack([UInt8](repeating: 0, count: 16 << 20), as: coding)
        let decompressor = try Decompressor(coding, limits: DecompressionLimits(bytesMax: 64 << 20))
        var thrown: DecompressionError?
        do throws(DecompressionError) {
            _ = try decompressor.write(packed.span.bytes) { _ in true }
        } catch {
            thrown = error
        }
        #expect(thrown == .bomb(ratio: 200))
        #expect(decompressor.outputBytes < 8 << 20)
    }

    @Test(arguments: ContentCoding.allCases)
    func `more than the limit throws`(coding: ContentCoding) {
        let packed = Packing.pack(text(3_000, seed: 4), as: coding)
        #expect(throws: DecompressionError.tooLarge(limit: 2_999)) {
            try unpack(packed, coding, DecompressionLimits(bytesMax: 2_999))
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `flipped bits and random bytes throw or give bytes, and never more than the limit`(coding: ContentCoding) {
        let seed = UInt64.random(in: 0...UInt64.max)
        let packed = Packing.pack(text(2_000, seed: seed), as: coding)
        var state = seed
        for _ in 0..<2_000 {
            var damaged = packed
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % damaged.count] ^= UInt8(truncatingIfNeeded: state >> 20)
            }
            let plain = try? unpack(damaged, coding)
            #expect(plain?.count ?? 0 <= 1 << 20, "seed \(seed)")
        }
    }

    @Test func `gzip packs what it can make smaller, and only that`() throws {
        let plain = text(10_000, seed: 1)
        let packed = try #require(gzip(plain))
        #expect(packed.count < plain.count)
        #expect(try unpack(packed, .gzip) == plain)
        #expect(gzip([1, 2, 3]) == nil)
    }
}
