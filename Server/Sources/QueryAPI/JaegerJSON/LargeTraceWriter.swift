import NIOCore
import TraceModel

/// A trace that is larger than a page, in Jaeger's JSON, read and written page by page: however large it is, the
/// server holds one page.
///
/// What is to be set right was found out before: see `TracePages`.
struct LargeTraceWriter: PieceWriter {
    private enum Stage: Equatable {
        case beginning
        case page
        case span(Int)
        case ending
        case done
    }

    private var pages: TracePages
    private let isRaw: Bool
    private var json: JSONWriter
    private var stage = Stage.beginning
    private var view: JaegerView?
    private var isBegun = false
    // The processes of all pages, as they are written at the end, and their numbers.
    private var processes: [[UInt8]] = []
    private var numbers: [[UInt8]: UInt32] = [:]

    init(_ pages: TracePages, isRaw: Bool, isIndented: Bool) {
        self.pages = pages
        self.isRaw = isRaw
        json = JSONWriter(isIndented: isIndented)
    }

    var isDone: Bool { stage == .done }

    mutating func next() async throws -> ByteBuffer? {
        if isDone { return nil }
        while !isDone, json.bytes.count < TraceListWriter.pieceBytes { try await step() }
        return json.takePiece()
    }

    private mutating func step() async throws {
        switch stage {
        case .beginning:
            json.beginEnvelope()
            json.beginArray()
            stage = .page
        case .page:
            guard let page = try await pages.nextPage() else { return stage = .ending }
            var view = JaegerView(page, isRaw: isRaw)
            view.processes.renumber(view.processes.list.map { number(of: $0, in: view) })
            if !isBegun {
                json.beginTrace(view)
                isBegun = true
            }
            self.view = view
            stage = .span(0)
        case .span(let first):
            guard let view else { return stage = .done }
            var span = first
            while span < view.batch.count, json.bytes.count < TraceListWriter.pieceBytes {
                json.span(span, of: view)
                span += 1
            }
            stage = span < view.batch.count ? .span(span) : .page
        case .ending:
            end()
            stage = .done
        case .done: break
        }
    }

    /// The number of a process among those of the whole trace: equal ones are one, as they are written.
    private mutating func number(of process: JaegerProcesses.Process, in view: JaegerView) -> UInt32 {
        var text = JSONWriter()
        text.process(process, of: view.batch)
        if let known = numbers[text.bytes] { return known }
        processes.append(text.bytes)
        let number = UInt32(processes.count)
        numbers[text.bytes] = number
        return number
    }

    private mutating func end() {
        if isBegun {
            json.endArray()
            json.key("processes")
            json.beginObject()
            for (index, process) in processes.enumerated() {
                json.key("p\(index + 1)")
                json.raw(process)
            }
            json.endObject()
            json.key("warnings")
            if let warning = pages.warning {
                json.beginArray()
                json.string(warning)
                json.endArray()
            } else {
                json.null()
            }
            json.endObject()
        }
        json.endArray()
        json.endEnvelope(total: 0)
    }
}
