import HTTPTypes
import Hummingbird
import NIOCore
import SpanStorage
import TraceModel

/// Tempo's API under `/tempo`, as far as Grafana's data source and its Traces Drilldown ask it.
extension QueryRoutes {
    /// `GET /tempo/api/status/buildinfo`: by this clients tell which of Tempo's routes there are.
    func tempoBuild(_ question: Question) async throws(QueryError) -> Response {
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginObject()
        for (key, value) in [
            ("version", "2.8.0"), ("revision", "martlet"), ("branch", ""), ("buildUser", ""), ("buildDate", ""),
            ("goVersion", ""),
        ] {
            json.key(key)
            json.plainString(value)
        }
        json.endObject()
        return .json(json)
    }

    /// `GET /tempo/api/traces/{id}` and `/tempo/api/v2/traces/{id}`: OTLP, as protobuf for those who say so.
    ///
    /// Version 1 is a list of resources under `name`; version 2 has the list in a message with the field `trace`.
    func tempoTrace(_ question: Question, name: String?) async throws(QueryError) -> Response {
        let id: TraceID
        do { id = try parseTraceID(question.pathPart("id")) } catch {
            throw .own("id", "invalid trace id: \(error); it is \(ParameterKind.traceID.allowed)")
        }
        _ = try question.parameters.tempoTime("start")
        _ = try question.parameters.tempoTime("end")
        let pages: TracePages?
        do { pages = try await TracePages(id, in: store) } catch { throw QueryError(error) }
        guard let pages else { throw .traceNotFound }
        if question.accept.contains("application/protobuf") || question.accept.contains("application/x-protobuf") {
            let writer = OTLPProtobufWriter(pages, wrapper: name == nil ? 1 : nil)
            return try await .pieces(writer, type: "application/protobuf", isHead: question.isHead)
        }
        let frame = name.map { OTLPTraceWriter.Frame.list($0) } ?? .tempo
        let writer = OTLPTraceWriter(
            pages,
            frame: frame,
            form: .protobufJSON,
            isIndented: question.parameters.isIndented
        )
        return try await .pieces(writer, isHead: question.isHead)
    }
}

extension OTLPTraceWriter.Frame {
    /// Of Tempo's version 2: `{"trace":{"resourceSpans":[…]}}`.
    static let tempo = Self(
        begin: { json in
            json.beginObject()
            json.key("trace")
            json.beginObject()
            json.key("resourceSpans")
        },
        end: { json in
            json.endObject()
            json.endObject()
        }
    )
}

extension QueryParameters {
    /// A moment as Tempo's clients write it: seconds since 1970, or nanoseconds, or RFC 3339; in nanoseconds.
    func tempoTime(_ name: String) throws(QueryError) -> UInt64? {
        let text = self[name]
        if text.isEmpty { return nil }
        if let number = UInt64(text) { return number < 1 << 40 ? number * 1_000_000_000 : number }
        if let number = Double(text), number >= 0, number < 1e12 { return UInt64(number * 1e9) }
        guard let time = parseTime(text) else {
            throw .wrong(name, text, .seconds)
        }
        return time
    }

    /// From `start` to the end of the second `end`; all time if they are absent.
    func tempoWindow() throws(QueryError) -> ClosedRange<UInt64> {
        let start = try tempoTime("start") ?? 0
        var end = try tempoTime("end") ?? .max
        if end % 1_000_000_000 == 0 { end += 999_999_999 }
        if start > end { throw .own("start", "it is after the end") }
        return start...end
    }
}

extension Response {
    /// A line of text.
    static func line(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
