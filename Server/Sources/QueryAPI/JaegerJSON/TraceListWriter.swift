import NIOCore
import SpanStorage
import TraceAnalysis
import TraceModel

/// An answer with traces, written piece by piece, so that a large one never stands in memory as a whole.
struct TraceListWriter: Sendable {
    /// How large a piece grows before it is handed over.
    static let pieceBytes = 64 * 1024

    private enum Stage: Equatable {
        case beginning
        case trace(Int)
        case span(Int, trace: Int)
        case ending
        case done
    }

    private let traces: [SpanBatch]
    private let errors: [EnvelopeError]
    private let report: SearchReport?
    private let isRaw: Bool
    private let adjuster: TraceAdjuster
    private var json: JSONWriter
    private var stage = Stage.beginning
    private var view: JaegerView?

    init(
        _ traces: [SpanBatch],
        errors: [EnvelopeError] = [],
        report: SearchReport? = nil,
        isRaw: Bool = false,
        adjuster: TraceAdjuster = TraceAdjuster(),
        isIndented: Bool = false
    ) {
        self.traces = traces
        self.errors = errors
        self.report = report
        self.isRaw = isRaw
        self.adjuster = adjuster
        json = JSONWriter(isIndented: isIndented)
    }

    /// Whether all of it has been handed over.
    var isDone: Bool { stage == .done }

    /// The next piece, or nil after the last one.
    mutating func next() -> ByteBuffer? {
        if isDone { return nil }
        while !isDone, json.bytes.count < Self.pieceBytes { step() }
        return json.takePiece()
    }

    private mutating func step() {
        switch stage {
        case .beginning:
            json.beginEnvelope()
            json.beginArray()
            stage = traces.isEmpty ? .ending : .trace(0)
        case .trace(let index):
            let view = JaegerView(traces[index], isRaw: isRaw, adjuster: adjuster)
            json.beginTrace(view)
            self.view = view
            stage = .span(0, trace: index)
        case .span(let first, let index):
            guard let view else { return stage = .done }
            let next = Self.write(view, from: first, to: &json)
            if next < view.batch.count { return stage = .span(next, trace: index) }
            json.endTrace(view)
            self.view = nil
            stage = index + 1 < traces.count ? .trace(index + 1) : .ending
        case .ending:
            json.endArray()
            json.endEnvelope(total: report?.outcome.total.count ?? 0, errors: errors, report: report)
            stage = .done
        case .done: break
        }
    }

    /// Writes spans until the piece is full; returns the first one left.
    private static func write(_ view: JaegerView, from first: Int, to json: inout JSONWriter) -> Int {
        var span = first
        while span < view.batch.count, json.bytes.count < pieceBytes {
            json.span(span, of: view)
            span += 1
        }
        return span
    }
}
