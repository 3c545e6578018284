import GRPCServer
import NIOCore
import Receivers
import Sampling
import SpanStorage
import TraceModel

/// What is spoken on the ports of gRPC.
enum GRPCServices {
    /// Port 4317: `TraceService/Export` of OTLP.
    ///
    /// Metrics and logs are refused as any collector refuses what it has no pipeline for.
    static func otlp(_ pipeline: IngestPipeline) -> GRPCService {
        GRPCService(
            "opentelemetry.proto.collector.trace.v1.TraceService",
            methods: [
                "Export": .unary { request, reply in
                    ingest(request, .otlpGRPC, pipeline, reply, decode: OTLPReceiver.decodeProtobuf) { received in
                        let rejected = received.rejectedSpans
                        let words = rejected > 0 ? received.rejectionMessage : ""
                        return OTLPReceiver.reply(rejectedSpans: rejected, message: words, json: false)
                    }
                }
            ]
        )
    }

    /// Port 14250: `CollectorService/PostSpans` of Jaeger's api_v2, as agents and old collectors send.
    static func jaegerCollector(_ pipeline: IngestPipeline) -> GRPCService {
        GRPCService(
            "jaeger.api_v2.CollectorService",
            methods: [
                "PostSpans": .unary { request, reply in
                    ingest(request, .jaegerGRPC, pipeline, reply, decode: JaegerReceiver.decodePostSpans) { _ in [] }
                }
            ]
        )
    }

    /// Ports 5779 and 14250: `SamplingManager/GetSamplingStrategy`.
    static func sampling(_ book: SamplingBook) -> GRPCService {
        GRPCService(
            "jaeger.api_v2.SamplingManager",
            methods: [
                "GetSamplingStrategy": .unary { request, reply in
                    do throws(ByteError) {
                        let service = try service(in: request)
                        reply(.success(ByteBuffer(bytes: book.answer(for: service).protobuf)))
                    } catch {
                        let words = "not a valid SamplingStrategyParameters: \(error)"
                        reply(.failure(GRPCStatus(.invalidArgument, words)))
                    }
                }
            ]
        )
    }

    /// `SamplingStrategyParameters`: 1 serviceName.
    private static func service(in request: GRPCRequest) throws(ByteError) -> String {
        var reader = ByteReader(request.message.readableBytesSpan)
        var service = ""
        while let tag = try reader.tag() {
            if tag.number == 1, tag.type == .delimited {
                service = String(copying: try reader.delimited())
            } else {
                try reader.skip(tag.type)
            }
        }
        return service
    }

    private static func ingest(
        _ request: GRPCRequest,
        _ source: IngestSource,
        _ pipeline: IngestPipeline,
        _ reply: @escaping @Sendable (Result<ByteBuffer, GRPCStatus>) -> Void,
        decode: (RawSpan) throws(ReceiverError) -> Received,
        answer: (Received) -> [UInt8]
    ) {
        let bytes = request.message.readableBytes
        let received: Received
        do throws(ReceiverError) {
            received = try decode(request.message.readableBytesSpan)
        } catch {
            pipeline.requests.fail(source, .undecodable, bytes: bytes)
            return reply(.failure(GRPCStatus(error)))
        }
        let answer = ByteBuffer(bytes: answer(received))
        let refused = source == .jaegerGRPC && received.batch.isEmpty && received.rejectedSpans > 0
        let rejection = refused ? GRPCStatus(.invalidArgument, received.rejectionMessage) : nil
        pipeline.take(received, from: source, bytes: bytes) { error in
            if let error {
                reply(.failure(StoreRefusal(error).grpcStatus))
            } else if let rejection {
                reply(.failure(rejection))
            } else {
                reply(.success(answer))
            }
        }
    }
}

extension GRPCStatus {
    /// The status of a request that cannot be read: `INVALID_ARGUMENT`, with what was wrong and where.
    init(_ error: ReceiverError) {
        let place = error.path.isEmpty ? "byte \(error.offset)" : error.path
        let violation = FieldViolation(field: place, description: error.message)
        self.init(.invalidArgument, error.description, violations: [violation])
    }
}

extension GRPCRefusal {
    /// The value of the label `reason` on metrics.
    var failure: RequestFailure {
        switch self {
        case .unknownMethod: .notFound
        case .badRequest: .method
        case .tooLarge: .tooLarge
        case .undecodable: .undecodable
        case .unsupportedEncoding: .unsupportedMedia
        case .busy: .overloaded
        case .slow: .slow
        }
    }
}
