import GRPCServer
import NIOCore
import NIOHTTP1
import Receivers
import Senders

/// What a collector says to a request.
enum CollectorAnswer: Sendable {
    case taken
    /// Another attempt is worth while, after so many seconds if it said so.
    case later(seconds: Int?, words: String)
    /// It will not take it, however often it is asked.
    case refused(words: String)
}

/// The connection to a collector, over HTTP or gRPC.
struct CollectorConnection: Sendable {
    private let collector: CollectorAddress
    private let http: HTTPSender
    private let grpc: GRPCSender

    init(to collector: CollectorAddress) {
        self.collector = collector
        http = HTTPSender(host: collector.host, port: collector.port)
        grpc = GRPCSender(host: collector.host, port: collector.port)
    }

    /// Sends a request of the queue, whose kind may be that of an agent with other settings.
    func send(_ body: [UInt8], kind: String) async throws -> CollectorAnswer {
        switch collector.transport {
        case .http: try await sendHTTP(collector.request(body, kind: kind))
        case .grpc: try await sendGRPC(body, kind: kind)
        }
    }

    func close() async {
        await http.close()
        await grpc.close()
    }

    private func sendHTTP(_ request: HTTPSender.Request) async throws -> CollectorAnswer {
        let answer = try await http.send(request)
        if (200..<300).contains(answer.status.code) { return .taken }
        let words = "\(collector) says \(answer.status.code): \(answer.text.prefix(300))"
        // What the protocols call worth another attempt; a server error of any kind may pass as well.
        if answer.status == .tooManyRequests || answer.status.code >= 500 || answer.status == .requestTimeout {
            return .later(seconds: answer.retryAfterSeconds, words: words)
        }
        return .refused(words: words)
    }

    private func sendGRPC(_ body: [UInt8], kind: String) async throws -> CollectorAnswer {
        var body = body
        if kind == CollectorAddress.Format.thrift.rawValue {
            do throws(ReceiverError) {
                body = OTLPEncoder.body(of: try JaegerReceiver.decodeBatch(body.span.bytes).batch)
            } catch {
                return .refused(words: "a request of the queue is damaged: \(error)")
            }
        }
        let status = try await grpc.call(GRPCLoad.export, ByteBuffer(bytes: body))
        let words = "\(collector) says \(status.code): \(status.message.prefix(300))"
        switch status.code {
        case .ok: return .taken
        // As OTLP has it ("Failures", OTLP/gRPC). Without a hint RESOURCE_EXHAUSTED means too large, for good.
        case .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss, .unknown, .internal:
            return .later(seconds: status.retryAfterSeconds, words: words)
        case .resourceExhausted where status.retryAfterSeconds != nil:
            return .later(seconds: status.retryAfterSeconds, words: words)
        default: return .refused(words: words)
        }
    }
}
