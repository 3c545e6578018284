import Testing
import Thrift

@Suite struct ThriftLimitsTests {
    @Test func `a list that claims two billion elements is refused before anything is allocated`() throws {
        let binary: [UInt8] = [12, 0x7F, 0xFF, 0xFF, 0xFF, 0]
        let error = #expect(throws: ThriftError.self) {
            var reader = BinaryReader(binary.span.bytes)
            _ = try reader.listHeader()
        }
        #expect(error == ThriftError(.length(2_147_483_647, left: 1), offset: 1))
        #expect(error?.description == "length 2147483647 at byte 1 exceeds the 1 bytes left")

        let compact: [UInt8] = [0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]
        #expect(throws: ThriftError(.length(2_147_483_647, left: 0), offset: 0)) {
            var reader = CompactReader(compact.span.bytes)
            _ = try reader.listHeader()
        }
    }

    @Test func `a list of wide elements is refused when only narrow ones would fit`() {
        let bytes: [UInt8] = [10, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 15)
        #expect(throws: ThriftError(.length(2, left: 15), offset: 1)) {
            var reader = BinaryReader(bytes.span.bytes)
            _ = try reader.listHeader()
        }
    }

    @Test func `a map larger than the bytes left is refused in both encodings`() {
        #expect(throws: ThriftError(.length(3, left: 5), offset: 0)) {
            let bytes: [UInt8] = [3, 0x88, 0, 0, 0, 0, 0]
            var reader = CompactReader(bytes.span.bytes)
            _ = try reader.mapHeader()
        }
        #expect(throws: ThriftError(.length(-1, left: 0), offset: 2)) {
            let bytes: [UInt8] = [11, 11, 0xFF, 0xFF, 0xFF, 0xFF]
            var reader = BinaryReader(bytes.span.bytes)
            _ = try reader.mapHeader()
        }
    }

    @Test func `a negative length says so`() {
        let error = ThriftError(.length(-5, left: 3), offset: 7)
        #expect(error.description == "negative length -5 at byte 7")
        #expect(throws: ThriftError(.length(-1, left: 0), offset: 0)) {
            let bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
            var reader = BinaryReader(bytes.span.bytes)
            _ = try reader.bytes()
        }
    }

    @Test func `an empty list may name a type that does not exist, a full one may not`() throws {
        let emptyBytes: [UInt8] = [0, 0, 0, 0, 0]
        var empty = BinaryReader(emptyBytes.span.bytes)
        #expect(try empty.listHeader() == ThriftListHeader(elementType: .none, count: 0))
        #expect(throws: ThriftError(.type(0), offset: 0)) {
            let bytes: [UInt8] = [0x10, 0]
            var reader = CompactReader(bytes.span.bytes)
            _ = try reader.listHeader()
        }
        #expect(throws: ThriftError(.type(99), offset: 0)) {
            let bytes: [UInt8] = [99, 0, 0, 0, 1, 0]
            var reader = BinaryReader(bytes.span.bytes)
            _ = try reader.listHeader()
        }
    }

    @Test func `a varint of eleven bytes is refused`() {
        let bytes = [UInt8](repeating: 0xFF, count: 11)
        #expect(throws: ThriftError(.varintTooLong, offset: 10)) {
            var reader = CompactReader(bytes.span.bytes)
            _ = try reader.i64()
        }
    }

    @Test(arguments: [63, 64, 65, 10_000])
    func `values are skipped down to the depth limit and not below`(depth: Int) {
        // A list in a list in a list …: the innermost is empty.
        let compact = [UInt8](repeating: 0x19, count: depth - 1) + [0x09]
        let binary = [[UInt8]](repeating: [15, 0, 0, 0, 1], count: depth - 1).joined() + [15, 0, 0, 0, 0]
        expectSkip(depth <= thriftDepthLimit) { () throws(ThriftError) in
            var reader = CompactReader(compact.span.bytes)
            try reader.skip(.list)
        }
        expectSkip(depth <= thriftDepthLimit) { () throws(ThriftError) in
            var reader = BinaryReader(binary.span.bytes)
            try reader.skip(.list)
        }
    }

    private func expectSkip(_ allowed: Bool, _ body: () throws(ThriftError) -> Void) {
        do {
            try body()
            #expect(allowed)
        } catch {
            #expect(!allowed)
            #expect(error.kind == .tooDeep(limit: thriftDepthLimit))
        }
    }

    @Test func `bytes that are no message are named by their first byte`() {
        #expect(throws: ThriftError(.notAMessage(firstByte: 0x7B), offset: 0)) {
            let bytes = Array("{}".utf8)
            var reader = CompactReader(bytes.span.bytes)
            _ = try reader.messageHeader()
        }
        #expect(throws: ThriftError(.version(2), offset: 0)) {
            let bytes: [UInt8] = [0x80, 2, 0, 1]
            var reader = BinaryReader(bytes.span.bytes)
            _ = try reader.messageHeader()
        }
        #expect(throws: ThriftError(.messageKind(7), offset: 1)) {
            let bytes: [UInt8] = [0x82, 0xE1, 0, 0]
            var reader = CompactReader(bytes.span.bytes)
            _ = try reader.messageHeader()
        }
    }
}
