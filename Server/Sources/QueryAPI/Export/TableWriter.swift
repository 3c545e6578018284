import NIOCore
import TraceModel

/// Spans as a table, a line each (RFC 4180).
///
/// Texts that a spreadsheet would take for a formula begin with an apostrophe: who opens the file did not write them.
struct TableWriter: PieceWriter {
    private static let columns = [
        "traceID", "spanID", "parentSpanID", "service", "operation", "kind", "status", "statusMessage",
        "startTimeUnixNano", "durationNano", "attributes", "resource",
    ]

    private var pages: TracePages
    private var batch: SpanBatch?
    private var row = 0
    private var isBegun = false
    private(set) var isDone = false

    init(_ pages: TracePages) { self.pages = pages }

    mutating func next() async throws -> ByteBuffer? {
        if isDone { return nil }
        var bytes: [UInt8] = []
        if !isBegun {
            bytes += Array((Self.columns.joined(separator: ",") + "\r\n").utf8)
            isBegun = true
        }
        while bytes.count < TraceListWriter.pieceBytes {
            if batch.map({ row >= $0.count }) ?? true {
                batch = try await pages.next()
                row = 0
            }
            guard let batch else {
                isDone = true
                break
            }
            Self.line(row, of: batch, to: &bytes)
            row += 1
        }
        return bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
    }

    private static func line(_ row: Int, of batch: SpanBatch, to bytes: inout [UInt8]) {
        let span = batch.spans[row]
        let resource = batch.resource(of: row)
        let own = batch.spanAttributes.range(row).map { batch.spanAttributes[$0] }
        let cells = [
            span.traceID.hex, span.spanID.hex, span.parentSpanID.isValid ? span.parentSpanID.hex : "",
            text(resource.service, batch), text(span.name, batch), span.kind.tagValue, "\(span.status)",
            text(span.statusMessage, batch), String(span.startNanoseconds), String(span.durationNanoseconds),
            quoted(json(own, batch)), quoted(json(resource.attributes, batch)),
        ]
        bytes += Array(cells.joined(separator: ",").utf8)
        bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }

    private static func text(_ ref: StringRef, _ batch: SpanBatch) -> String {
        let text = batch.strings.text(ref)
        guard let first = text.first else { return "" }
        return quoted("=+-@\t\r".contains(first) ? "'" + text : text)
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func json(_ attributes: [Attribute], _ batch: SpanBatch) -> String {
        var json = JSONWriter()
        json.beginObject()
        for attribute in attributes {
            json.key(escaping: batch.strings.bytes(attribute.key))
            json.attribute(batch.value(attribute))
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
