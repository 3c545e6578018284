import GRPCServer
import NIOCore
import NIOHTTP1
import NIOPosix

/// A way to a server.
protocol LoadChannel: Sendable {
    /// Sends a request or a datagram.
    func send(_ body: ByteBuffer) async -> LoadOutcome

    func close() async
}

/// What became of a request.
enum LoadOutcome {
    case taken
    /// The server wants it later; after how many seconds, if it said so.
    case later(seconds: Int?, words: String)
    case failed(String)
}

/// Requests over a connection.
struct HTTPLoad: LoadChannel {
    let sender: HTTPSender
    let way: LoadSettings.Way

    func send(_ body: ByteBuffer) async -> LoadOutcome {
        let (path, type) = way.target
        let answer: HTTPSender.Answer
        do {
            answer = try await sender.send(
                HTTPSender.Request(target: path, headers: [("Content-Type", type)], body: body)
            )
        } catch {
            return .failed("no answer from \(sender.host), port \(sender.port): \(error)")
        }
        if (200..<300).contains(answer.status.code) { return .taken }
        let isBusy = answer.status == .tooManyRequests || answer.status == .serviceUnavailable
        // The body of a refusal may be protobuf; its words are in there, between bytes that are not.
        let text = String(answer.text.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) })
        let words = "the server says \(answer.status.code): \(text.prefix(200))"
        return isBusy ? .later(seconds: answer.retryAfterSeconds, words: words) : .failed(words)
    }

    func close() async { await sender.close() }
}

/// Calls of OTLP over gRPC.
struct GRPCLoad: LoadChannel {
    let sender: GRPCSender

    static let export = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    func send(_ body: ByteBuffer) async -> LoadOutcome {
        let status: GRPCStatus
        do { status = try await sender.call(Self.export, body) } catch {
            return .failed("no answer from \(sender.host), port \(sender.port): \(error)")
        }
        let words = "the server says \(status.code): \(status.message.prefix(200))"
        switch status.code {
        case .ok: return .taken
        case .unavailable, .resourceExhausted: return .later(seconds: status.retryAfterSeconds, words: words)
        default: return .failed(words)
        }
    }

    func close() async { await sender.close() }
}

/// Datagrams.
struct DatagramLoad: LoadChannel {
    private let channel: any Channel
    private let address: SocketAddress

    init(host: String, port: Int) async throws {
        address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let local = address.protocol == .inet6 ? "::" : "0.0.0.0"
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: local, port: 0).get()
    }

    func send(_ body: ByteBuffer) async -> LoadOutcome {
        do {
            try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: body))
            return .taken
        } catch {
            return .failed("the datagram did not leave: \(error)")
        }
    }

    func close() async { try? await channel.close() }
}
