import HTTPTypes
import Hummingbird
import SpanStorage
import TraceAnalysis
import TraceModel

extension QueryRoutes {
    /// A page with more spans than this would not open.
    private static let pageSpansMax = 20_000

    /// `GET /api/traces/{id}/export?format=…`: a trace as a file, with its spans as they came.
    func exportTrace(_ question: Question) async throws(QueryError) -> Response {
        let format = try question.parameters.exportFormat()
        let id = try question.traceID()
        let pages: TracePages?
        do { pages = try await TracePages(id, in: store) } catch { throw QueryError(error) }
        guard let pages else { throw .traceNotFound }
        return try await export(pages, format, name: "trace-\(id.hex)", question)
    }

    /// `GET /api/export?…&format=…`: the traces that a search finds.
    func exportSearch(_ question: Question) async throws(QueryError) -> Response {
        let format = try question.parameters.exportFormat()
        if format == .page { throw .own("format", "a page is of one trace: /api/traces/{id}/export?format=html") }
        var parameters = question.parameters
        parameters["raw"] = "true"
        let found = try await analysedTraces(parameters)
        if format == .jaeger {
            let writer = TraceListWriter(found.traces, isRaw: true, isIndented: parameters.isIndented)
            return named("traces", format, .traces(writer, isHead: question.isHead))
        }
        return try await export(TracePages(found.traces), format, name: "traces", question)
    }

    private func export(
        _ pages: TracePages,
        _ format: ExportFormat,
        name: String,
        _ question: Question
    ) async throws(QueryError) -> Response {
        let isIndented = question.parameters.isIndented
        let isHead = question.isHead
        let response: Response
        switch format {
        case .jaeger:
            if let trace = pages.whole {
                response = .traces(TraceListWriter([trace], isRaw: true, isIndented: isIndented), isHead: isHead)
            } else {
                let writer = LargeTraceWriter(pages, isRaw: true, isIndented: isIndented)
                response = try await .pieces(writer, isHead: isHead)
            }
        case .otlpJSON:
            let writer = OTLPTraceWriter(pages, frame: .list(), isIndented: isIndented)
            response = try await .pieces(writer, isHead: isHead)
        case .otlpProtobuf:
            response = try await .pieces(OTLPProtobufWriter(pages), type: format.contentType, isHead: isHead)
        case .lines: response = try await .pieces(LineWriter(pages), type: format.contentType, isHead: isHead)
        case .table: response = try await .pieces(TableWriter(pages), type: format.contentType, isHead: isHead)
        case .page:
            guard var trace = pages.whole, trace.count <= Self.pageSpansMax else {
                throw .own("format", "a page has at most \(Self.pageSpansMax) spans, and this trace has more")
            }
            guard let template = tracePage else {
                throw .own("format", "there is no viewer here to put into a page: ask a server that has the web UI")
            }
            let notes = TraceAdjuster().adjust(&trace)
            let writer = TracePageWriter(TracePages.Page(spans: trace, notes: notes), template)
            response = try await .pieces(writer, type: format.contentType, isHead: isHead)
        }
        return named(name, format, response)
    }

    /// Has browsers save the answer as a file.
    ///
    /// What a page may do stands in itself; should a browser show it after all, it does not belong to this site.
    private func named(_ name: String, _ format: ExportFormat, _ response: Response) -> Response {
        var response = response
        response.headers[.contentDisposition] = "attachment; filename=\"\(name).\(format.fileExtension)\""
        if format == .page, let policy = HTTPField.Name("Content-Security-Policy") {
            response.headers[policy] = "sandbox allow-scripts"
        }
        return response
    }
}

extension QueryParameters {
    /// `format`: in which form.
    fileprivate func exportFormat() throws(QueryError) -> ExportFormat {
        try choice("format", ExportFormat.self) ?? .jaeger
    }
}
