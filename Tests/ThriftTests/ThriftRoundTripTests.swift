import Testing
import Thrift

@Suite struct ThriftRoundTripTests {
    @Test func `what is written is read back, whatever it is`() throws {
        var generator = SeededGenerator(seed: 20_261_123)
        for _ in 0..<300 {
            let value = randomStructure(&generator, depth: 4)
            var compact = CompactWriter()
            compact.write(value)
            let compactBytes = compact.bytes
            var compactReader = CompactReader(compactBytes.span.bytes)
            #expect(try compactReader.value(.structure) == value)
            #expect(compactReader.left == 0)

            var binary = BinaryWriter()
            binary.write(value)
            let binaryBytes = binary.bytes
            var binaryReader = BinaryReader(binaryBytes.span.bytes)
            #expect(try binaryReader.value(.structure) == value)
            #expect(binaryReader.left == 0)
        }
    }

    @Test func `skipping a value ends where reading it ends`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let value = randomStructure(&generator, depth: 4)
            var compact = CompactWriter()
            compact.write(value)
            let compactBytes = compact.bytes
            var compactReader = CompactReader(compactBytes.span.bytes)
            try compactReader.skip(.structure)
            #expect(compactReader.left == 0)

            var binary = BinaryWriter()
            binary.write(value)
            let binaryBytes = binary.bytes
            var binaryReader = BinaryReader(binaryBytes.span.bytes)
            try binaryReader.skip(.structure)
            #expect(binaryReader.left == 0)
        }
    }

    @Test func `the ends of every integer's range survive`() throws {
        let values: [Int64] = [.min, .min + 1, -65, -64, -1, 0, 1, 63, 64, 127, 128, .max - 1, .max]
        var compact = CompactWriter()
        var binary = BinaryWriter()
        for value in values {
            compact.i64(value)
            binary.i64(value)
        }
        let compactBytes = compact.bytes
        var compactReader = CompactReader(compactBytes.span.bytes)
        let binaryBytes = binary.bytes
        var binaryReader = BinaryReader(binaryBytes.span.bytes)
        for value in values {
            #expect(try compactReader.i64() == value)
            #expect(try binaryReader.i64() == value)
        }
    }

    @Test func `a port above 32767 in sixteen bits keeps its bits`() throws {
        var writer = CompactWriter()
        writer.i32(60_000)
        let bytes = writer.bytes
        var reader = CompactReader(bytes.span.bytes)
        #expect(UInt16(bitPattern: try reader.i16()) == 60_000)
    }

    @Test func `field numbers far apart and falling are written in the long form`() throws {
        var writer = CompactWriter()
        writer.structure { writer in
            for id: Int16 in [1, 17, 16, -4, .max, .min] { writer.i32Field(id, Int32(id)) }
        }
        let bytes = writer.bytes
        var reader = CompactReader(bytes.span.bytes)
        let mark = reader.beginStruct()
        for id: Int16 in [1, 17, 16, -4, .max, .min] {
            #expect(try reader.fieldHeader() == ThriftField(id: id, type: .i32))
            #expect(try reader.i32() == Int32(id))
        }
        #expect(try reader.fieldHeader() == nil)
        reader.endStruct(mark)
    }

    @Test func `structures of a list are read one by one, and a list of anything else is passed over`() throws {
        var writer = CompactWriter()
        writer.listHeader(.structure, count: 2)
        writer.structure { $0.i32Field(1, 5) }
        writer.structure { $0.i32Field(1, 6) }
        writer.listHeader(.bool, count: 2)
        writer.bool(true)
        writer.bool(false)
        var sum = 0
        let bytes = writer.bytes
        var reader = CompactReader(bytes.span.bytes)
        for _ in 0..<2 {
            try reader.forEachStruct { element throws(ThriftError) in
                while let field = try element.fieldHeader() {
                    if field.matches(1, .i32) { sum += Int(try element.i32()) } else { try element.skip(field.type) }
                }
            }
        }
        #expect(sum == 11)
        #expect(reader.left == 0)
    }

    private func randomStructure(_ generator: inout SeededGenerator, depth: Int) -> ThriftValue {
        var id: Int16 = 0
        let fields = (0..<Int.random(in: 0...5, using: &generator)).map { _ -> ThriftValue.Field in
            id += Int16.random(in: 1...20, using: &generator)
            let (type, value) = randomValue(&generator, depth: depth)
            return .init(id: id, type: type, value: value)
        }
        return .structure(fields)
    }

    private func randomValue(_ generator: inout SeededGenerator, depth: Int) -> (ThriftType, ThriftValue) {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &generator) {
        case 0: return (.bool, .bool(.random(using: &generator)))
        case 1: return (.i8, .i8(.random(in: .min ... .max, using: &generator)))
        case 2: return (.i16, .i16(.random(in: .min ... .max, using: &generator)))
        case 3: return (.i32, .i32(.random(in: .min ... .max, using: &generator)))
        case 4: return (.i64, .i64(.random(in: .min ... .max, using: &generator)))
        case 5: return (.double, .double(.random(in: -1e300...1e300, using: &generator)))
        case 6:
            let count = Int.random(in: 0...200, using: &generator)
            return (.binary, .binary((0..<count).map { _ in .random(in: 0...255, using: &generator) }))
        case 7: return (.structure, randomStructure(&generator, depth: depth - 1))
        case 8:
            let count = Int.random(in: 0...20, using: &generator)
            return (.list, .list(.structure, (0..<count).map { _ in randomStructure(&generator, depth: depth - 2) }))
        default:
            let pairs = (0..<Int.random(in: 1...3, using: &generator)).map { key in
                ThriftValue.Pair(key: .i32(Int32(key)), value: .bool(.random(using: &generator)))
            }
            return (.map, .map(.i32, .bool, pairs))
        }
    }
}
