import NIOCore
import TraceModel

/// Traces as lines, each a request of OTLP in JSON.
struct LineWriter: PieceWriter {
    private var pages: TracePages
    private var line: OTLPTraceWriter?
    private(set) var isDone = false

    init(_ pages: TracePages) { self.pages = pages }

    mutating func next() async throws -> ByteBuffer? {
        if isDone { return nil }
        if line == nil {
            guard let batch = try await pages.next() else {
                isDone = true
                return nil
            }
            line = OTLPTraceWriter(TracePages([batch]), frame: .list())
        }
        var piece = try await line?.next() ?? ByteBuffer()
        if line?.isDone != false {
            piece.writeStaticString("\n")
            line = nil
        }
        return piece
    }
}
