import Testing
import Thrift

@Suite struct WireVectorTests {
    @Test func `the compact batch of the Python client is read field by field`() throws {
        let bytes = WireVector.compactBatch
        var reader = CompactReader(bytes.span.bytes)
        let message = try reader.message()
        #expect(message.kind == .oneway)
        #expect(message.name == "emitBatch")
        #expect(message.sequence == 0)
        #expect(reader.left == 0)
        expectTheBatch(message.arguments[1])
    }

    @Test func `the binary batch means the same as the compact one`() throws {
        let binaryBytes = WireVector.binaryBatch
        var binary = BinaryReader(binaryBytes.span.bytes)
        let compactBytes = WireVector.compactBatch
        var compact = CompactReader(compactBytes.span.bytes)
        let message = try binary.message()
        #expect(binary.left == 0)
        #expect(try compact.message() == message)
    }

    @Test func `the body of an HTTP request is a batch without a message around it`() throws {
        let bytes = WireVector.binaryBatchBody
        var reader = BinaryReader(bytes.span.bytes)
        let batch = try reader.value(.structure)
        #expect(reader.left == 0)
        expectTheBatch(batch)
    }

    private func expectTheBatch(_ batch: ThriftValue?) {
        #expect(batch?[1, 1] == .text("svc"))
        #expect(batch?[1, 2, 0, 1] == .text("ip"))
        #expect(batch?[1, 2, 0, 2] == .i32(0))
        #expect(batch?[1, 2, 0, 3] == .text("10.0.0.1"))
        let span = batch?[2, 0]
        #expect(span?[1] == .i64(0x0102_0304_0506_0708))
        #expect(span?[2] == .i64(0x1112_1314_1516_1718))
        #expect(span?[3] == .i64(-2))
        #expect(span?[4] == .i64(0))
        #expect(span?[5] == .text("op"))
        #expect(span?[6, 0, 1] == .i32(1))
        #expect(span?[6, 0, 2] == .i64(7))
        #expect(span?[6, 0, 4] == .i64(9))
        #expect(span?[7] == .i32(1))
        #expect(span?[8] == .i64(1_700_000_000_000_000))
        #expect(span?[9] == .i64(1500))
        #expect(span?[10, 0, 3] == .text("v"))
        #expect(span?[10, 1, 4] == .double(1.5))
        #expect(span?[10, 2, 5] == .bool(true))
        #expect(span?[10, 3, 6] == .i64(-3))
        #expect(span?[10, 4, 7] == .text("AB"))
        #expect(span?[11, 0, 1] == .i64(1_700_000_000_000_100))
        #expect(span?[11, 0, 2, 0, 1] == .text("event"))
    }

    @Test func `the Zipkin span means the same in both encodings`() throws {
        let compactBytes = WireVector.compactZipkin
        var compact = CompactReader(compactBytes.span.bytes)
        let binaryBytes = WireVector.binaryZipkinList
        var binary = BinaryReader(binaryBytes.span.bytes)
        let message = try compact.message()
        #expect(message.name == "emitZipkinBatch")
        #expect(message.arguments[1] == (try binary.value(.list)))
        let span = message.arguments[1]?[0]
        #expect(span?[3] == .text("get"))
        #expect(span?[6, 0, 3, 1] == .i32(0x7F00_0001))
        #expect(span?[6, 0, 3, 2] == .i16(8080))
        #expect(span?[8, 0, 2] == .text("/x"))
        #expect(span?[9] == .bool(true))
        #expect(span?[11] == .i64(1000))
    }

    @Test func `the quick start's datagram holds its three spans`() throws {
        let bytes = WireVector.pythonQuickStart
        var reader = CompactReader(bytes.span.bytes)
        let batch = try reader.message().arguments[1]
        #expect(reader.left == 0)
        #expect(batch?[1, 1] == .text("first-service"))
        #expect(batch?[2, 0, 5] == .text("first-span"))
        #expect(batch?[2, 1, 5] == .text("fifth-span"))
        #expect(batch?[2, 2, 5] == .text("fourth-span"))
        #expect(batch?[2, 1, 4] == batch?[2, 2, 3])
        #expect(batch?[2, 1, 11, 0, 2, 3, 5] == .bool(true))
    }

    @Test func `compact messages are written back to the same bytes`() throws {
        for (bytes, name) in [
            (WireVector.compactBatch, "emitBatch" as StaticString), (WireVector.pythonQuickStart, "emitBatch"),
            (WireVector.compactZipkin, "emitZipkinBatch"),
        ] {
            var reader = CompactReader(bytes.span.bytes)
            let message = try reader.message()
            var writer = CompactWriter()
            writer.messageHeader(name, kind: message.kind, sequence: message.sequence)
            writer.write(message.arguments)
            #expect(writer.bytes == bytes)
        }
    }

    @Test func `binary messages are written back to the same bytes`() throws {
        let bytes = WireVector.binaryBatch
        var reader = BinaryReader(bytes.span.bytes)
        let message = try reader.message()
        var writer = BinaryWriter()
        writer.messageHeader("emitBatch", kind: message.kind, sequence: message.sequence)
        writer.write(message.arguments)
        #expect(writer.bytes == WireVector.binaryBatch)

        let listBytes = WireVector.binaryZipkinList
        var list = BinaryReader(listBytes.span.bytes)
        let spans = try list.value(.list)
        writer.removeAll()
        writer.write(spans)
        #expect(writer.bytes == WireVector.binaryZipkinList)
    }

    @Test func `an old message without a version is read like a strict one`() throws {
        let strict = WireVector.binaryBatch
        let old = strict[4..<17] + [4] + strict[17...]
        let bytes = Array(old)
        var reader = BinaryReader(bytes.span.bytes)
        let message = try reader.message()
        #expect(message.name == "emitBatch")
        #expect(message.kind == .oneway)
        expectTheBatch(message.arguments[1])
    }

    @Test func `a message is sniffed by its first byte`() {
        #expect(ThriftEncoding(messageBeginningWith: WireVector.compactBatch[0]) == .compact)
        #expect(ThriftEncoding(messageBeginningWith: WireVector.binaryBatch[0]) == .binary)
        #expect(ThriftEncoding(messageBeginningWith: 0x00) == .binary)
        #expect(ThriftEncoding(messageBeginningWith: 0x7B) == nil)
    }

    @Test func `a method is known by its whole name`() throws {
        let bytes = WireVector.compactBatch
        var reader = CompactReader(bytes.span.bytes)
        let header = try reader.messageHeader()
        let answers = (header.isCalled("emitBatch"), header.isCalled("emitBatc"), header.isCalled("emitBatcH"))
        #expect(answers == (true, false, false))
    }
}
