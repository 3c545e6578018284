import Testing
import Thrift
import TraceModel

@testable import Receivers

struct JaegerTests {
    /// What the vectors' one span is, column by column.
    private func check(_ received: Received) throws {
        let batch = received.batch
        #expect(batch.count == 1 && received.rejections.isEmpty && received.truncations.isEmpty)
        let row = batch.spans[0]
        #expect(row.traceID.hex == "11121314151617180102030405060708" && row.spanID.hex == "fffffffffffffffe")
        #expect(row.parentSpanID == .none && batch.strings.text(row.name) == "op" && row.flags == 1)
        #expect(row.startNanoseconds == 1_700_000_000_000_000_000 && row.durationNanoseconds == 1_500_000)
        #expect(row.kind == .unspecified && row.status == .unset && row.scope == SpanBatch.noScope)
        let tags = ["s=string(\"v\")", "d=double(1.5)", "b=bool(true)", "l=int(-3)", "x=bytes([65, 66])"]
        #expect(batch.tags(0) == tags)
        let link = batch.links[0]
        #expect(batch.links.count == 1 && link.kind == .followsFrom && link.traceID.hex == "0000000000000007")
        #expect(link.spanID == SpanID(9))
        #expect(batch.events.count == 1 && batch.events.times[0] == 1_700_000_000_000_100_000)
        #expect(batch.strings.text(batch.events.names[0]) == "e" && batch.eventTags(0) == ["event=string(\"e\")"])
        #expect(batch.resources.count == 1 && batch.service(of: 0) == "svc" && batch.resources[0].format == .jaeger)
        #expect(batch.tags(batch.resources[0].attributes) == ["ip=string(\"10.0.0.1\")"])
    }

    @Test func `a compact datagram gives every field`() throws {
        try check(decodeDatagram(Vector.compactBatch))
    }

    @Test func `a binary datagram gives every field`() throws {
        try check(decodeDatagram(Vector.binaryBatch))
    }

    @Test func `a posted batch gives every field`() throws {
        try check(decodeBatch(Vector.batchBody))
    }

    @Test func `a binary message of the old form without a version is read`() throws {
        let name = Array(Vector.binaryBatch[4..<17])
        try check(decodeDatagram(name + [4, 0, 0, 0, 0] + Vector.binaryBatch[21...]))
    }

    @Test func `the quick start's datagram gives its three spans`() throws {
        let batch = try decodeDatagram(Vector.quickStartDatagram).batch
        #expect(batch.count == 3 && batch.service(of: 0) == "first-service")
        #expect(
            (0..<3).map { batch.strings.text(batch.spans.names[$0]) } == ["first-span", "fifth-span", "fourth-span"]
        )
        #expect(batch.spans[1].traceID == batch.spans[2].traceID && batch.spans[0].traceID != batch.spans[1].traceID)
        #expect(batch.spans.parentSpanIDs[1] == batch.spans.spanIDs[2] && batch.spans.parentSpanIDs[0] == 0)
        let tags = ["sampler.type=string(\"const\")", "sampler.param=bool(true)", "first-tag=string(\"100\")"]
        #expect(batch.tags(0) == tags)
        #expect(batch.resources[0].attributes.count == 3)
        let fields = ["event=string(\"x\")", "n=int(1)", "f=double(1.5)", "b=bool(true)"]
        #expect(batch.events.range(1).count == 1 && batch.eventTags(0) == fields)
    }

    @Test func `several datagrams become one batch`() throws {
        var received = Received()
        try decodeDatagram(Vector.compactBatch, into: &received)
        try decodeDatagram(Vector.quickStartDatagram, into: &received)
        try decodeDatagram(Vector.binaryBatch, into: &received)
        try decodeDatagram(Vector.zipkinDatagram, into: &received)
        #expect(received.batch.count == 6 && received.batch.resources.count == 3)
        #expect(
            (0..<6).map { received.batch.service(of: $0) }
                == ["svc", "first-service", "first-service", "first-service", "svc", "zsvc"]
        )
    }

    @Test func `a broken datagram leaves the spans of earlier ones and those before the damage`() throws {
        var received = Received()
        try decodeDatagram(Vector.compactBatch, into: &received)
        let before = describe(received.batch)
        let cut = Array(Vector.quickStartDatagram[..<300])
        #expect(throws: ReceiverError.self) { try decodeDatagram(cut, into: &received) }
        #expect(received.batch.count == 2 && received.batch.service(of: 1) == "first-service")
        #expect(describe(received.batch).hasPrefix(before))
        #expect(received.batch.spanAttributes.count == Int(received.batch.spanAttributes.ends[1]))
        try decodeDatagram(Vector.binaryBatch, into: &received)
        #expect(received.batch.count == 3 && received.batch.service(of: 2) == "svc")
    }

    @Test func `recorded requests are read, in the compact protocol too`() throws {
        let frontend = try decodeBatch(fixture("thrift-frontend.bin"))
        #expect(frontend.batch.count > 0 && frontend.rejections.isEmpty)
        #expect(frontend.batch.service(of: 0) == "golden-frontend")
        let odd = try decodeBatch(fixture("thrift-odd.bin"))
        #expect(odd.batch.count > 0)
        let compact = try decodeBatch(fixture("thrift-compact.bin"))
        #expect(compact.batch.count > 0)
        #expect(try decodeDatagram(fixture("udp-compact-emitBatch.bin")).batch.count == 1)
        #expect(try decodeDatagram(fixture("udp-binary-emitBatch.bin")).batch.count == 1)
    }

    @Test(
        arguments: [
            ([0x82, 0x81, 0x01, 0x01, 0x78], "the unknown method \"x\", where emitBatch is expected (at byte 0)"),
            ([0x47, 0x45, 0x54], "neither compact nor binary Thrift: the first byte is 0x47 (at byte 0)"),
            ([], "an empty datagram (at byte 0)"),
            (
                [0x80, 0x01, 0x00, 0x04],
                "not a valid message for Jaeger's agent: "
                    + "it ends too early, 4 bytes are needed where 0 are left (at byte 4)"
            ),
        ] as [([UInt8], String)]
    )
    func `what is no datagram of ours is refused in words`(_ bytes: [UInt8], _ expected: String) throws {
        let error = try #require(throws: ReceiverError.self) { try decodeDatagram(bytes) }
        #expect(error.description == expected)
    }

    @Test func `a body without process or without spans is refused`() throws {
        let empty = try #require(throws: ReceiverError.self) { try decodeBatch([]) }
        #expect(empty.message == "the body is empty, a Thrift Batch was expected")
        let bare = try #require(throws: ReceiverError.self) { try decodeBatch([0]) }
        #expect(bare.message == "a Batch without its process")
        let noSpans = try #require(throws: ReceiverError.self) { try decodeBatch([12, 0, 1, 0, 0]) }
        #expect(noSpans.message == "a Batch without its list of spans")
        #expect(try decodeBatch([12, 0, 1, 0, 15, 0, 2, 12, 0, 0, 0, 0, 0]).batch.isEmpty)
    }

    @Test func `a list that claims two billion elements is an error`() throws {
        let body: [UInt8] = [12, 0, 1, 0, 15, 0, 2, 12, 0x7F, 0xFF, 0xFF, 0xFF]
        let error = try #require(throws: ReceiverError.self) { try decodeBatch(body) }
        #expect(error.message.contains("2147483647"))
        let datagram: [UInt8] =
            [0x82, 0x81, 0x00, 0x09] + Array("emitBatch".utf8) + [0x1C, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]
        #expect(throws: ReceiverError.self) { try decodeDatagram(datagram) }
    }

    @Test func `damaged requests neither crash nor take memory out of proportion`() {
        for (seed, good) in [Vector.compactBatch, Vector.binaryBatch, Vector.quickStartDatagram, Vector.zipkinDatagram]
            .enumerated()
        {
            let result = assault(good, flips: 5_000, seed: UInt64(10 + seed)) { bytes in
                var received = Received()
                try? decodeDatagram(bytes, into: &received)
                return received.batch.byteCount
            }
            #expect(result.largest < 64 * good.count)
        }
        let body = assault(Vector.batchBody, flips: 5_000, seed: 20) { try? decodeBatch($0).batch.byteCount }
        #expect(body.accepted > 0 && body.largest < 64 * Vector.batchBody.count)
        let list = assault(Vector.zipkinList, flips: 5_000, seed: 21) { try? decodeZipkinThrift($0).batch.byteCount }
        #expect(list.accepted > 0 && list.largest < 64 * Vector.zipkinList.count)
    }
}
