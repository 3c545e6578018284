import NIOCore
import NIOHTTP1
import NIOPosix
import Senders
import Synchronization
import TraceModel

/// Sends made-up spans to a server, as many a second as it is told to.
public final class LoadRun: Sendable {
    private let settings: LoadSettings
    private let counted = Mutex(LoadFigures())
    private let began = ContinuousClock.now

    /// A load that has not begun.
    public init(_ settings: LoadSettings) {
        self.settings = settings
    }

    /// What was done so far.
    public var figures: LoadFigures { counted.withLock { $0 } }

    /// How long it has been going on, in seconds.
    public var seconds: Double { Double((ContinuousClock.now - began).milliseconds) / 1_000 }

    /// The port that it sends to.
    public var port: Int { settings.port ?? settings.way.standardPort }

    /// Sends until the time is over, the spans are sent, or its task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for number in 0..<settings.senders { group.addTask { await self.send(number) } }
        }
    }

    private func send(_ number: Int) async {
        let channel: any LoadChannel
        do {
            channel =
                settings.way == .udp
                ? try await DatagramLoad(host: settings.host, port: port)
                : HTTPLoad(HTTPSender(host: settings.host, port: port), settings.way)
        } catch {
            return counted.withLock { $0.lastProblem = "\(settings.host), port \(port): \(error)" }
        }
        var maker = TraceMaker(settings, sender: number)
        let rate = settings.spansPerSecond / Double(settings.senders)
        // Ten requests a second at the least, so that a slow load is a steady one; datagrams in small bursts.
        let step = rate == 0 ? settings.spansPerRequest : max(1, Int(rate / (settings.way == .udp ? 100 : 10)))
        let size = min(settings.spansPerRequest, step)
        let start = ContinuousClock.now
        var own = 0
        while !Task.isCancelled, !isOver {
            let (batch, traces) = maker.batch(ofSpans: size, at: UTCTime.now.nanoseconds)
            counted.withLock { figures in
                figures.sentSpans += batch.count
                figures.sentTraces += traces
            }
            await deliver(batch, by: channel)
            own += batch.count
            guard rate > 0 else { continue }
            let due = start + .nanoseconds(Int64(Double(own) / rate * 1e9))
            guard due > .now else { continue }
            do { try await Task.sleep(until: due, clock: .continuous) } catch { break }
        }
        await channel.close()
    }

    private var isOver: Bool {
        if let limit = settings.seconds, seconds >= limit { return true }
        if let spans = settings.spansMax { return figures.sentSpans >= spans }
        return false
    }

    /// Sends a batch, again and again if the server wants it later, until the load is over.
    private func deliver(_ batch: SpanBatch, by channel: any LoadChannel) async {
        while true {
            let clock = ContinuousClock.now
            let outcome = await channel.send(batch)
            let took = Double((ContinuousClock.now - clock).microseconds) / 1_000
            switch outcome {
            case .taken:
                return counted.withLock { figures in
                    figures.takenSpans += batch.count
                    if settings.way != .udp { figures.addLatency(milliseconds: took) }
                }
            case .later(let seconds, let words):
                counted.withLock { figures in
                    figures.refusals += 1
                    figures.lastProblem = words
                }
                try? await Task.sleep(for: .milliseconds(Int64(seconds * 1_000)))
                // A sleep that was cut short is the end of the run.
                if !Task.isCancelled, !isOver { continue }
            case .failed(let words): counted.withLock { $0.lastProblem = words }
            }
            counted.withLock { $0.failedSpans += batch.count }
            // A server that is away must not be asked as fast as the machine can.
            if case .failed = outcome { try? await Task.sleep(for: .milliseconds(200)) }
            return
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

/// A way to a server.
private protocol LoadChannel: Sendable {
    func send(_ batch: SpanBatch) async -> LoadOutcome
    func close() async
}

/// What became of a batch.
private enum LoadOutcome {
    case taken
    case later(seconds: Double, words: String)
    case failed(String)
}

/// Requests over a connection.
private struct HTTPLoad: LoadChannel {
    let sender: HTTPSender
    let way: LoadSettings.Way

    init(_ sender: HTTPSender, _ way: LoadSettings.Way) {
        self.sender = sender
        self.way = way
    }

    func send(_ batch: SpanBatch) async -> LoadOutcome {
        for request in requests(batch) {
            let answer: HTTPSender.Answer
            do { answer = try await sender.send(request) } catch {
                return .failed("no answer from \(sender.host), port \(sender.port): \(error)")
            }
            if (200..<300).contains(answer.status.code) { continue }
            let words = "the server says \(answer.status.code): \(answer.text.prefix(200))"
            let isBusy = answer.status == .tooManyRequests || answer.status == .serviceUnavailable
            return isBusy ? .later(seconds: Double(answer.retryAfterSeconds ?? 1), words: words) : .failed(words)
        }
        return .taken
    }

    private func requests(_ batch: SpanBatch) -> [HTTPSender.Request] {
        switch way {
        case .otlp: [request("/v1/traces", "application/x-protobuf", OTLPEncoder.body(of: batch))]
        case .zipkin: [request("/api/v2/spans", "application/json", ZipkinJSONEncoder.body(of: batch))]
        case .jaeger, .udp:
            JaegerThriftEncoder.bodies(of: batch).map { request("/api/traces", "application/x-thrift", $0.body) }
        }
    }

    private func request(_ target: String, _ type: String, _ body: [UInt8]) -> HTTPSender.Request {
        HTTPSender.Request(target: target, headers: [("Content-Type", type)], body: ByteBuffer(bytes: body))
    }

    func close() async { await sender.close() }
}

/// Datagrams.
private struct DatagramLoad: LoadChannel {
    private let channel: any Channel
    private let address: SocketAddress

    init(host: String, port: Int) async throws {
        address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        let local = address.protocol == .inet6 ? "::" : "0.0.0.0"
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: local, port: 0).get()
    }

    func send(_ batch: SpanBatch) async -> LoadOutcome {
        // What a local network and its buffers bear, as Jaeger's clients do.
        for datagram in JaegerThriftEncoder.datagrams(of: batch, bytesMax: 16_000).datagrams {
            let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: datagram))
            do { try await channel.writeAndFlush(envelope) } catch {
                return .failed("the datagram did not leave: \(error)")
            }
        }
        return .taken
    }

    func close() async { try? await channel.close() }
}
