import GRPCServer
import NIOCore
import SpanStorage
import TraceAnalysis
import TraceModel

// jaeger.api_v3.QueryService (query_service.proto): traces as OTLP, in parts of bounded size.
extension QueryServices {
    /// How many summaries a message has at the most.
    private static let summariesPerMessage = 100

    var serviceV3: GRPCService {
        GRPCService(
            "jaeger.api_v3.QueryService",
            methods: [
                "GetTrace": streaming { request, writer in
                    let text = request.text(1)
                    let id: TraceID
                    do { id = try parseTraceID(text) } catch { throw QueryError.malformed("trace_id", "\(error)") }
                    let adjuster = request.number(4) != 0 ? nil : TraceAdjuster()
                    guard let pages = try await TracePages(id, in: store, adjuster: adjuster) else {
                        throw QueryError.traceNotFound
                    }
                    try await send(OTLPProtobufWriter(pages), to: writer)
                },
                "FindTraces": streaming { request, writer in
                    let search = try Self.search(request)
                    let found = try await store.findTraces(try search.query(Self.name))
                    let pages = TracePages(found.traces, adjuster: search.isRaw ? nil : TraceAdjuster())
                    try await send(OTLPProtobufWriter(pages), to: writer)
                },
                "FindTraceSummaries": streaming { request, writer in
                    let query = try Self.search(request).query(Self.name)
                    try await send(try await store.findTraceSummaries(query).summaries, to: writer)
                },
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

    private func send(_ traces: OTLPProtobufWriter, to writer: GRPCMessageWriter) async throws {
        var traces = traces
        while let part = try await traces.next() { try await writer.write(part) }
    }

    private func operations(_ request: ProtobufMessage, to bytes: inout [UInt8]) async throws(QueryError) {
        let service = request.text(1)
        if service.isEmpty { throw .malformed("service", "it is required") }
        for operation in try await routes.v3Operations(of: service, kind: try SpanKind(v3: request.text(2))) {
            bytes.appendMessage(1) { bytes in
                bytes.appendText(1, operation.name)
                bytes.appendText(2, operation.kind.v3Name)
            }
        }
    }

    /// `FindTraceSummariesResponse`: 1 summaries.
    private func send(_ summaries: [TraceSummary], to writer: GRPCMessageWriter) async throws {
        var first = 0
        while first < summaries.count {
            let end = min(first + Self.summariesPerMessage, summaries.count)
            var bytes: [UInt8] = []
            for summary in summaries[first..<end] {
                bytes.appendMessage(1) { bytes in summary.append(to: &bytes) }
            }
            try await writer.write(ByteBuffer(bytes: bytes))
            first = end
        }
    }
}

extension TraceSummary {
    /// `TraceSummary`: 1 trace_id, 2 root_service_name, 3 root_operation_name, 4 min_start, 5 max_end, 6 span_count,
    /// 7 error_span_count, 9 services{1 name, 2 span_count, 3 error_span_count}.
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.appendText(1, id.hex32)
        bytes.appendText(2, root?.service ?? "")
        bytes.appendText(3, root?.name ?? "")
        bytes.appendFixed64(4, measure.start)
        bytes.appendFixed64(5, measure.end)
        bytes.appendNumber(6, UInt64(measure.spans))
        bytes.appendNumber(7, UInt64(measure.errors))
        for service in services {
            bytes.appendMessage(9) { bytes in
                bytes.appendText(1, service.name)
                bytes.appendNumber(2, UInt64(service.spans))
                bytes.appendNumber(3, UInt64(service.errors))
            }
        }
    }
}
