import NIOCore
import TraceAnalysis
import TraceModel

/// A trace as a page of its own: the template, with the trace in it, piece by piece.
struct TracePageWriter: PieceWriter {
    private enum Stage {
        case part(Int)
        case span(Int, part: Int)
        case done
    }

    private let view: JaegerView
    private let template: TracePageTemplate
    private let nonce: String
    private var stage = Stage.part(0)
    private var json = JSONWriter()

    /// - Parameter page: The whole trace.
    init(_ page: TracePages.Page, _ template: TracePageTemplate) {
        view = JaegerView(page, isRaw: false)
        self.template = template
        var generator = SystemRandomNumberGenerator()
        nonce = TraceID(high: generator.next(), low: generator.next()).hex32
    }

    var isDone: Bool { if case .done = stage { true } else { false } }

    mutating func next() -> ByteBuffer? {
        switch stage {
        case .done: return nil
        case .part(let number):
            stage = number + 1 < template.parts.count ? .part(number + 1) : .done
            switch template.parts[number] {
            case .text(let text): return ByteBuffer(string: text)
            case .nonce: return ByteBuffer(string: nonce)
            case .title: return ByteBuffer(string: Self.escaped(title))
            case .trace:
                json.beginTrace(view)
                stage = .span(0, part: number)
                return json.takePiece()
            }
        case .span(let first, let number):
            var span = first
            while span < view.batch.count, json.bytes.count < TraceListWriter.pieceBytes {
                json.span(span, of: view)
                span += 1
            }
            if span < view.batch.count {
                stage = .span(span, part: number)
            } else {
                json.endTrace(view)
                stage = number + 1 < template.parts.count ? .part(number + 1) : .done
            }
            return json.takePiece()
        }
    }

    /// What the root does.
    private var title: String {
        let trace = view.batch
        let root = TraceTree(of: trace).root ?? 0
        return "\(trace.service(of: root)): \(trace.strings.text(trace.spans.names[root]))"
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
            }
        }
    }
}
