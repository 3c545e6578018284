import Testing
import TraceModel

@testable import Receivers

/// `PostSpansRequest` of Jaeger's api_v2.
struct JaegerProtobufTests {
    /// The span of the Thrift vectors, in protobuf.
    private static let request = ProtobufText { request in
        request.message(1) { batch in
            batch.message(1) { span in
                span.data(1, bigEndian(0x1112_1314_1516_1718) + bigEndian(0x0102_0304_0506_0708))
                span.data(2, bigEndian(0xFFFF_FFFF_FFFF_FFFE))
                span.text(3, "op")
                span.message(4) { reference in
                    reference.data(1, bigEndian(0) + bigEndian(7))
                    reference.data(2, bigEndian(9))
                    reference.varint(3, 1)
                }
                span.varint(5, 1)
                span.message(6) { $0.varint(1, 1_700_000_000) }
                span.message(7) { $0.varint(2, 1_500_000) }
                span.message(8) { tag in
                    tag.text(1, "s")
                    tag.text(3, "v")
                }
                span.message(8) { tag in
                    tag.text(1, "d")
                    tag.varint(2, 3)
                    tag.fixed64(6, 1.5.bitPattern)
                }
                span.message(8) { tag in
                    tag.text(1, "b")
                    tag.varint(2, 1)
                    tag.varint(4, 1)
                }
                span.message(8) { tag in
                    tag.text(1, "l")
                    tag.varint(2, 2)
                    tag.varint(5, UInt64(bitPattern: -3))
                }
                span.message(8) { tag in
                    tag.text(1, "x")
                    tag.varint(2, 4)
                    tag.text(7, "AB")
                }
                span.message(9) { log in
                    log.message(1) { time in
                        time.varint(1, 1_700_000_000)
                        time.varint(2, 100_000)
                    }
                    log.message(2) { field in
                        field.text(1, "event")
                        field.text(3, "e")
                    }
                }
            }
            batch.message(2) { process in
                process.text(1, "svc")
                process.message(2) { tag in
                    tag.text(1, "ip")
                    tag.text(3, "10.0.0.1")
                }
            }
        }
    }.bytes

    private func span(trace: [UInt8], id: [UInt8], _ fill: (inout ProtobufText) -> Void = { _ in }) -> [UInt8] {
        ProtobufText { request in
            request.message(1) { batch in
                batch.message(1) { span in
                    span.data(1, trace)
                    span.data(2, id)
                    fill(&span)
                }
            }
        }.bytes
    }

    @Test func `a span in protobuf is the same as in Thrift`() throws {
        let thrift = try decodeBatch(Vector.batchBody).batch
        #expect(describe(try decodePostSpans(Self.request).batch) == describe(thrift))
    }

    @Test func `a span's own process beats that of its batch, and a missing one has Jaeger's name`() throws {
        let request = ProtobufText { request in
            request.message(1) { batch in
                for id: UInt64 in 1...3 {
                    batch.message(1) { span in
                        span.data(1, bigEndian(0) + bigEndian(5))
                        span.data(2, bigEndian(id))
                        if id == 2 { span.message(10) { $0.text(1, "own") } }
                    }
                }
                batch.message(2) { $0.text(1, "common") }
            }
        }.bytes
        let batch = try decodePostSpans(request).batch
        #expect((0..<3).map { batch.service(of: $0) } == ["common", "own", "common"])
        let orphan = try decodePostSpans(span(trace: bigEndian(0) + bigEndian(1), id: bigEndian(2))).batch
        #expect(orphan.service(of: 0) == "null-process-and-service-name")
    }

    @Test func `the parent is the first child-of reference within the trace`() throws {
        let trace = bigEndian(0) + bigEndian(1)
        let batch = try decodePostSpans(
            span(trace: trace, id: bigEndian(2)) { span in
                for (other, id) in [(bigEndian(0) + bigEndian(9), 3), (trace, 4), (trace, 5)] as [([UInt8], UInt64)] {
                    span.message(4) { reference in
                        reference.data(1, other)
                        reference.data(2, bigEndian(id))
                    }
                }
            }
        ).batch
        #expect(batch.spans.parentSpanIDs == [4])
        #expect(batch.links.count == 3)
    }

    @Test func `ids of a wrong length refuse the request, and those of zeros only their span`() throws {
        let good = bigEndian(0) + bigEndian(1)
        #expect(throws: ReceiverError.self) { try decodePostSpans(span(trace: [1, 2, 3], id: bigEndian(2))) }
        #expect(throws: ReceiverError.self) { try decodePostSpans(span(trace: good, id: [1])) }
        let zero = try decodePostSpans(span(trace: good, id: bigEndian(0)))
        #expect(zero.batch.isEmpty && zero.rejections.map(\.reason) == [.zeroSpanID])
    }

    @Test func `a time before 1970 rejects its span`() throws {
        let request = span(trace: bigEndian(0) + bigEndian(1), id: bigEndian(2)) { span in
            span.message(6) { $0.varint(1, UInt64(bitPattern: -5)) }
        }
        #expect(try decodePostSpans(request).rejections.map(\.reason) == [.invalidTime])
    }

    @Test func `hurt requests are refused or give spans, and neither crash nor grow`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        let result = assault(Self.request, flips: 5_000, seed: seed) { try? decodePostSpans($0).batch.byteCount }
        #expect(result.largest < 20 * Self.request.count + 10_000, "seed \(seed)")
        #expect(result.accepted > 0)
    }
}
