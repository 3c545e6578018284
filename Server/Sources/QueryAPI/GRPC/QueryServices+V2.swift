import GRPCServer
import NIOCore
import SpanStorage
import TraceAnalysis
import TraceModel

// jaeger.api_v2.QueryService (query.proto): spans in Jaeger's model, in chunks.
extension QueryServices {
    /// About how many bytes a message with spans has at the most.
    private static let chunkBytes = 256 << 10

    var serviceV2: GRPCService {
        GRPCService(
            "jaeger.api_v2.QueryService",
            methods: [
                "GetTrace": streaming { request, writer in
                    let id = try Self.traceID(request)
                    let isRaw = request.number(4) != 0
                    let adjuster = isRaw ? nil : TraceAdjuster()
                    guard let pages = try await TracePages(id, in: store, adjuster: adjuster) else {
                        throw QueryError.traceNotFound
                    }
                    try await send(pages, isRaw: isRaw, to: writer)
                },
                "FindTraces": streaming { request, writer in
                    var search = try Self.search(request)
                    // Without an end or a beginning it is any time, as with Jaeger's own storages.
                    search.startMin = search.startMin ?? 0
                    search.startMax = search.startMax ?? .max
                    let found = try await store.findTraces(try search.query(Self.name))
                    let pages = TracePages(found.traces, adjuster: search.isRaw ? nil : TraceAdjuster())
                    try await send(pages, isRaw: search.isRaw, to: writer)
                },
                "ArchiveTrace": unary { request, _ throws(QueryError) in try await archive(try Self.traceID(request)) },
                "GetServices": unary { _, bytes throws(QueryError) in
                    for name in try await serviceNames() { bytes.appendText(1, name) }
                },
                "GetOperations": unary { request, bytes throws(QueryError) in
                    try await operations(request, to: &bytes)
                },
                "GetDependencies": unary { request, bytes throws(QueryError) in
                    for edge in try await dependencies(request) {
                        bytes.appendMessage(1) { bytes in
                            bytes.appendText(1, edge.caller)
                            bytes.appendText(2, edge.callee)
                            bytes.appendNumber(3, edge.calls)
                        }
                    }
                },
            ]
        )
    }

    /// The id of a request: 1 trace_id, 16 bytes.
    private static func traceID(_ request: ProtobufMessage) throws(QueryError) -> TraceID {
        let bytes = request.bytes(1) ?? []
        if bytes.isEmpty { throw .badRequest("uninitialized TraceID is not allowed") }
        guard bytes.count == 16 else { throw .badRequest("a trace_id of \(bytes.count) bytes, where 16 are needed") }
        func number(_ half: ArraySlice<UInt8>) -> UInt64 { half.reduce(0) { $0 << 8 | UInt64($1) } }
        let id = TraceID(high: number(bytes[..<8]), low: number(bytes[8...]))
        if !id.isValid { throw .badRequest("uninitialized TraceID is not allowed") }
        return id
    }

    /// `SpansResponseChunk`: 1 spans.
    private func send(_ pages: TracePages, isRaw: Bool, to writer: GRPCMessageWriter) async throws {
        var pages = pages
        var chunk: [UInt8] = []
        while let page = try await pages.nextPage() {
            let view = JaegerView(page, isRaw: isRaw)
            for span in 0..<view.batch.count {
                chunk.appendMessage(1) { bytes in view.appendSpan(span, to: &bytes) }
                if chunk.count >= Self.chunkBytes {
                    try await writer.write(ByteBuffer(bytes: chunk))
                    chunk.removeAll(keepingCapacity: true)
                }
            }
        }
        if !chunk.isEmpty { try await writer.write(ByteBuffer(bytes: chunk)) }
    }

    private func archive(_ id: TraceID) async throws(QueryError) {
        let page: TracePage?
        do { page = try await store.tracePage(id, after: nil, limit: 1) } catch { throw QueryError(error) }
        if page == nil { throw .traceNotFound }
        do { _ = try await store.pin(id) } catch { throw QueryError(error) }
    }

    /// `GetOperationsResponse`: 1 operationNames (each once), 2 operations{1 name, 2 span_kind}.
    private func operations(_ request: ProtobufMessage, to bytes: inout [UInt8]) async throws(QueryError) {
        let service = request.text(1)
        if service.isEmpty { throw .badRequest("parameter 'service' is required") }
        let word = request.text(2)
        let kind = SpanKind(tagValue: word)
        var operations: [Operation] = []
        if kind != nil || word.isEmpty {
            do { operations = try await store.operations(of: service, kind: kind) } catch { throw QueryError(error) }
        }
        var last: String?
        for operation in operations where operation.name != last {
            bytes.appendText(1, operation.name)
            last = operation.name
        }
        for operation in operations {
            bytes.appendMessage(2) { bytes in
                bytes.appendText(1, operation.name)
                bytes.appendText(2, operation.kind.tagValue)
            }
        }
    }
}
