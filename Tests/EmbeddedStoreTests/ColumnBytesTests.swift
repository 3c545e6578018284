import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct ColumnBytesTests {
    private func comesBack<Number: FixedWidthInteger & BitwiseCopyable>(_ column: [Number]) throws -> Int? {
        var bytes: [UInt8] = []
        bytes.append(column: column)
        var reader = ByteReader(bytes.span.bytes)
        let read = try reader.column(Number.self)
        return read == column && reader.isAtEnd ? bytes.count : nil
    }

    @Test(arguments: [0, 1, 15, 16, 255, 256, 257, 5_000])
    func `a column of any length and width comes back`(count: Int) throws {
        var generator = SplitMix(state: UInt64(count))
        for bits in [0, 3, 8, 9, 16, 31, 32, 33, 63, 64] as [UInt64] {
            let mask = bits == 64 ? UInt64.max : (1 << bits) - 1
            let column = (0..<count).map { _ in generator.next() & mask }
            #expect(try comesBack(column) != nil)
            #expect(try comesBack(column.map { UInt32(truncatingIfNeeded: $0) }) != nil)
            #expect(try comesBack(column.map { Int64(bitPattern: $0) - 5 }) != nil)
            #expect(try comesBack(column.map { UInt8(truncatingIfNeeded: $0) }) != nil)
        }
        #expect(try comesBack([Int64](repeating: .min, count: count) + [.max]) != nil)
    }

    @Test func `numbers near each other are packed, and one far off spoils its run alone`() throws {
        var column = (0..<10_000).map { UInt64(1_700_000_000_000_000_000) + UInt64($0 % 200) }
        let small = try #require(try comesBack(column))
        #expect(small < 10_000 * 5 / 4)
        column[5_000] = 0
        let large = try #require(try comesBack(column))
        #expect(large - small < 256 * 8)
    }

    @Test func `a column that is cut off or has a width of its own is refused`() throws {
        var bytes: [UInt8] = []
        bytes.append(column: (0..<600).map { UInt64($0) << 20 })
        for count in 0..<bytes.count {
            var reader = ByteReader(bytes.span.bytes.extracting(0..<count))
            #expect((try? reader.column(UInt64.self)) == nil)
        }
        bytes[5] = 3
        var reader = ByteReader(bytes.span.bytes)
        #expect((try? reader.column(UInt64.self)) == nil)
    }

    @Test func `a long column of zeros comes back, and a few bytes do not make one`() throws {
        #expect(try comesBack([UInt64](repeating: 0, count: 65_536)) == 5)
        #expect(try comesBack([UInt64](repeating: 0, count: 1_000_000)) != nil)
        #expect(try comesBack([UInt32](repeating: 7, count: 1_000_000)) != nil)
        #expect(try comesBack([UInt8](repeating: 0, count: 1_000_000)) != nil)
        for form in [0, 1, 2] as [UInt8] {
            for count in [100_000, 1 << 26, .max] as [UInt32] {
                var bytes: [UInt8] = []
                bytes.append(littleEndian: count)
                bytes.append(form)
                bytes += [UInt8](repeating: 0, count: 1_000)
                var reader = ByteReader(bytes.span.bytes)
                #expect(throws: ByteError.self) { try reader.column(UInt64.self) }
            }
        }
    }

    @Test func `a batch of a hundred thousand spans that are all alike comes back`() throws {
        var generator = TraceGenerator(seed: 1)
        let one = generator.batch(spans: 1, traces: 1...1, around: 0)
        let batch = one.selecting([Int](repeating: 0, count: 100_000))
        var bytes: [UInt8] = []
        BatchEncoding.encode(batch, into: &bytes)
        let decoded = BatchEncoding.decode(bytes.span.bytes)
        let read = try #require(decoded)
        #expect(read.count == 100_000)
        #expect(read.describe(99_999) == one.describe(0))
    }
}
