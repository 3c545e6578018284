import GRPCServer
import HTTPTypes
import NIOCore
import SpanStorage
import TraceModel

/// The services of port 16685: the same questions as over HTTP, answered from the same store.
public struct QueryServices: Sendable {
    let routes: QueryRoutes

    /// Services that ask what the routes ask.
    public init(_ routes: QueryRoutes) { self.routes = routes }

    var store: any SpanStore { routes.store }

    /// `jaeger.api_v2.QueryService` and `jaeger.api_v3.QueryService`.
    public var services: [GRPCService] { [serviceV2, serviceV3] }

    /// A method that answers with one message.
    func unary(
        _ answer: @escaping @Sendable (ProtobufMessage, inout [UInt8]) async throws(QueryError) -> Void
    ) -> GRPCMethod {
        .unary { request, reply in
            Task {
                do throws(QueryError) {
                    var bytes: [UInt8] = []
                    try await answer(try Self.message(request), &bytes)
                    reply(.success(ByteBuffer(bytes: bytes)))
                } catch {
                    reply(.failure(GRPCStatus(error)))
                }
            }
        }
    }

    /// A method that answers with messages.
    func streaming(
        _ answer: @escaping @Sendable (ProtobufMessage, GRPCMessageWriter) async throws -> Void
    ) -> GRPCMethod {
        .serverStreaming { request, writer in
            do {
                try await answer(try Self.message(request), writer)
            } catch let error as QueryError {
                throw GRPCStatus(error)
            } catch let error as SpanStoreError {
                throw GRPCStatus(QueryError(error))
            }
        }
    }

    private static func message(_ request: GRPCRequest) throws(QueryError) -> ProtobufMessage {
        do { return try ProtobufMessage(request.message.readableBytesSpan) } catch {
            throw .badRequest("the message is no protobuf: \(error)")
        }
    }

    func serviceNames() async throws(QueryError) -> [String] {
        do { return try await store.services() } catch { throw QueryError(error) }
    }

    /// The calls between services within the window that a `GetDependenciesRequest` names.
    func dependencies(_ request: ProtobufMessage) async throws(QueryError) -> [ServiceEdge] {
        let start = try Self.time(request, 1, "start_time")
        let end = try Self.time(request, 2, "end_time")
        guard let start, let end else { throw .badRequest("start_time and end_time are required") }
        if start > end { throw .badRequest("start_time must not be after end_time") }
        do { return try await store.dependencies(in: start..<end) } catch { throw QueryError(error) }
    }

    static func time(_ message: ProtobufMessage, _ number: UInt32, _ name: String) throws(QueryError) -> UInt64? {
        do { return try message.nanoseconds(number) } catch { throw .malformed(name, "\(error)") }
    }

    /// What `TraceQueryParameters` of either version asks for: 1 service_name, 2 operation_name, 3 tags or attributes,
    /// 4 start_time_min, 5 start_time_max, 6 duration_min, 7 duration_max, 8 search_depth, 9 raw_traces.
    static func search(_ request: ProtobufMessage) throws(QueryError) -> V3Search {
        let query: ProtobufMessage?
        do { query = try request.message(1) } catch { throw .malformed("query", "\(error)") }
        guard let query else { throw .badRequest("missing query") }
        var search = V3Search()
        search.service = query.text(1)
        search.operation = query.text(2)
        do {
            search.attributes = try query.messages(3).map { TagCondition(key: $0.text(1), text: $0.text(2)) }
        } catch {
            throw .malformed("query.attributes", "\(error)")
        }
        search.startMin = try time(query, 4, "query.start_time_min")
        search.startMax = try time(query, 5, "query.start_time_max")
        search.durationMin = Int64(clamping: try time(query, 6, "query.duration_min") ?? 0)
        search.durationMax = Int64(clamping: try time(query, 7, "query.duration_max") ?? 0)
        search.depth = Int(Int32(truncatingIfNeeded: query.number(8)))
        search.isRaw = query.number(9) != 0
        return search
    }

    /// The names of a question's parts in words for the client.
    static func name(_ part: String) -> String {
        switch part {
        case "startTimeMin": "query.start_time_min"
        case "startTimeMax": "query.start_time_max"
        case "durationMin": "query.duration_min"
        case "durationMax": "query.duration_max"
        case "searchDepth": "query.search_depth"
        default: part
        }
    }
}

extension GRPCStatus {
    /// The status of a question that is not answered.
    init(_ error: QueryError) {
        let code: Code =
            switch error.status.code {
            case 400: .invalidArgument
            case 404: .notFound
            case 503: .unavailable
            default: .internal
            }
        self.init(code, error.message, retryAfterSeconds: error.retryAfterSeconds)
    }
}
