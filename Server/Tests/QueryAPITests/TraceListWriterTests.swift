import Foundation
import NIOCore
import Testing
import TraceModel

@testable import QueryAPI

struct TraceListWriterTests {
    private func trace(_ id: UInt64, spans: Int) -> SpanBatch {
        var builder = BatchBuilder()
        builder.resource(.otlp, "svc")
        builder.row.traceID = TraceID(low: id)
        for index in 0..<spans {
            builder.tag("text", .string(String(repeating: "x", count: 200)))
            builder.end("span-\(index)")
        }
        return builder.batch
    }

    @Test func `no traces are an empty list`() {
        var writer = TraceListWriter([])
        let text = writer.text()
        #expect(text == #"{"data":[],"total":0,"limit":0,"offset":0,"errors":null}"#)
        #expect(writer.isDone)
        #expect(writer.next() == nil)
    }

    @Test(arguments: [false, true])
    func `a large answer comes in pieces that make one document`(isIndented: Bool) throws {
        let traces = [trace(1, spans: 900), trace(2, spans: 1), trace(3, spans: 700)]
        var writer = TraceListWriter(traces, isIndented: isIndented)
        var whole: [UInt8] = []
        var pieces = 0
        while let piece = writer.next() {
            // A piece ends with the span that fills it.
            #expect(piece.readableBytes < TraceListWriter.pieceBytes + 2048)
            whole += piece.readableBytesView
            pieces += 1
        }
        #expect(pieces > 5)
        let document = try JSONSerialization.jsonObject(with: Data(whole)) as? [String: Any]
        let data = try #require(document?["data"] as? [[String: Any]])
        #expect(data.map { $0["traceID"] as? String } == ["0000000000000001", "0000000000000002", "0000000000000003"])
        #expect(data.map { ($0["spans"] as? [Any])?.count } == [900, 1, 700])
        #expect(data.allSatisfy { ($0["processes"] as? [String: Any])?.count == 1 })
    }

    @Test func `traces that are missing are named beside those found`() {
        let error = EnvelopeError(message: "trace not found", traceID: TraceID(low: 0xDEAD_BEEF))
        var writer = TraceListWriter([], errors: [error])
        let text = writer.text()
        #expect(text.hasSuffix(#""errors":[{"msg":"trace not found","traceID":"00000000deadbeef"}]}"#))
    }
}

extension TraceListWriter {
    /// All that is left, in one piece.
    mutating func text() -> String {
        var bytes: [UInt8] = []
        while let piece = next() { bytes += piece.readableBytesView }
        return String(decoding: bytes, as: UTF8.self)
    }
}
