import NIOCore
import TraceModel

/// An answer with traces in OTLP's JSON, written piece by piece, so that a large one never stands in memory as text.
struct OTLPTraceWriter: PieceWriter {
    /// What stands around the list of resources with their spans.
    struct Frame: Sendable {
        var begin: @Sendable (inout JSONWriter) -> Void
        var end: @Sendable (inout JSONWriter) -> Void
    }

    private enum Stage: Equatable {
        case beginning
        case trace
        case group(Int)
        case spans(group: Int, place: Int)
        case ending
        case done
    }

    private var pages: TracePages
    private let frame: Frame
    private let form: OTLPForm
    private var json: JSONWriter
    private var stage = Stage.beginning
    private var view: OTLPView?

    init(_ pages: TracePages, frame: Frame, form: OTLPForm = .otlp, isIndented: Bool = false) {
        self.pages = pages
        self.frame = frame
        self.form = form
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
            frame.begin(&json)
            json.beginArray()
            stage = .trace
        case .trace:
            view = try await pages.nextPage().map { OTLPView($0) }
            stage = view == nil ? .ending : .group(0)
        case .group(let number):
            guard let view, number < view.groups.count else { return stage = .trace }
            let group = view.groups[number]
            if number == 0 || view.groups[number - 1].resource != group.resource {
                json.beginResourceSpans(group, of: view)
            }
            json.beginScopeSpans(group, of: view)
            stage = .spans(group: number, place: group.places.lowerBound)
        case .spans(let number, let first):
            guard let view else { return stage = .done }
            let group = view.groups[number]
            let place = Self.write(view, group, from: first, form, to: &json)
            if place < group.places.upperBound { return stage = .spans(group: number, place: place) }
            json.endScopeSpans(group, of: view)
            let next = number + 1
            if next == view.groups.count || view.groups[next].resource != group.resource {
                json.endResourceSpans(group, of: view)
            }
            stage = .group(next)
        case .ending:
            json.endArray()
            frame.end(&json)
            stage = .done
        case .done: break
        }
    }

    /// Writes spans until the piece is full; returns the first place left.
    private static func write(
        _ view: OTLPView,
        _ group: OTLPView.Group,
        from first: Int,
        _ form: OTLPForm,
        to json: inout JSONWriter
    ) -> Int {
        var place = first
        while place < group.places.upperBound, json.bytes.count < TraceListWriter.pieceBytes {
            json.otlpSpan(view.rows[place], of: view, form)
            place += 1
        }
        return place
    }
}

extension OTLPTraceWriter.Frame {
    /// Of `/api/v3`: `{"result":{"resourceSpans":[…]}}`.
    static let v3 = Self(
        begin: { json in
            json.beginObject()
            json.key("result")
            json.beginObject()
            json.key("resourceSpans")
        },
        end: { json in
            json.endObject()
            json.endObject()
        }
    )

    /// OTLP's own `TracesData`, or the same under another name: `{"resourceSpans":[…]}`.
    static func list(_ name: String = "resourceSpans") -> Self {
        Self(
            begin: { json in
                json.beginObject()
                json.key(name)
            },
            end: { json in json.endObject() }
        )
    }
}
