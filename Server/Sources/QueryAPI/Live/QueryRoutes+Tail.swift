import HTTPTypes
import Hummingbird
import NIOCore
import SpanStorage
import TraceModel

extension QueryRoutes {
    /// `GET /api/tail?…`: spans or traces that match, as they come in, as server-sent events.
    func tailAnswer(_ question: Question) async throws(QueryError) -> Response {
        let parameters = question.parameters
        let rate = try parameters.number("rate", default: TailStream.rateDefault, in: 1...1_000)
        let showsTraces: Bool
        switch parameters["of"] {
        case "", "traces": showsTraces = true
        case "spans": showsTraces = false
        case let text: throw .wrong("of", text, .choice(["traces", "spans"]))
        }
        let stream = TailStream(try tailQuery(parameters, showsTraces), showsTraces: showsTraces, rate: rate)
        let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        if question.isHead { return Response(status: .ok, headers: headers) }
        guard let listener = tail.listen() else {
            throw QueryError(
                status: .serviceUnavailable,
                message: "\(LiveTail.listenersMax) clients are listening already: close one, or try again later",
                retryAfterSeconds: 10
            )
        }
        let body = ResponseBody { [tail, store] writer in
            defer { tail.leave(listener) }
            var stream = stream
            try await writer.write(ByteBuffer(string: "retry: 2000\n: listening\n\n"))
            while !tail.mustEnd {
                try await Task.sleep(for: TailStream.tick)
                let events = await stream.events(listener.take(), store: store)
                if !events.isEmpty { try await writer.write(ByteBuffer(bytes: events)) }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// The search that spans must match, whenever they began.
    private func tailQuery(_ parameters: QueryParameters, _ showsTraces: Bool) throws(QueryError) -> TraceQuery {
        for name in ["start", "end", "lookback", "sort", "cursor", "traceID", "limit"] where !parameters[name].isEmpty {
            throw .own(name, "a live tail has none: it begins now and goes on")
        }
        guard case .search(var query?) = try TraceSearch(parameters, nowNanoseconds: now()).target else {
            throw .badRequest("a live tail is of a search")
        }
        if !showsTraces, query.expression != nil {
            throw .own("q", "it asks for more than one span, which takes a whole trace: leave out of=spans")
        }
        query.start = 0...UInt64.max
        return query
    }
}
