import NIOCore
import Synchronization
import TraceModel

/// Sends made-up spans to a server, as many a second as it is told to.
public final class LoadRun: Sendable {
    private let settings: LoadSettings
    private let counted = Mutex(LoadFigures())
    private let began = ContinuousClock.now
    private let reel: LoadReel?

    /// A load that has not begun.
    public init(_ settings: LoadSettings) {
        self.settings = settings
        reel = settings.isReusing ? LoadReel(settings, spansPerRequest: Self.size(settings)) : nil
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

    /// Spans of a request: ten requests a second at the least, so that a slow load is a steady one; datagrams in small
    /// bursts.
    private static func size(_ settings: LoadSettings) -> Int {
        let rate = settings.spansPerSecond / Double(settings.senders)
        if rate == 0 { return settings.spansPerRequest }
        // Requests that are used again are full ones: it is the server that is to be busy.
        if settings.isReusing, settings.way != .udp { return settings.spansPerRequest }
        return min(settings.spansPerRequest, max(1, Int(rate / (settings.way == .udp ? 100 : 10))))
    }

    private func send(_ number: Int) async {
        let channel: any LoadChannel
        do {
            channel =
                switch settings.way {
                case .udp: try await DatagramLoad(host: settings.host, port: port)
                case .otlpGRPC: GRPCLoad(sender: GRPCSender(host: settings.host, port: port))
                case .otlp, .jaeger, .zipkin:
                    HTTPLoad(sender: HTTPSender(host: settings.host, port: port), way: settings.way)
                }
        } catch {
            return counted.withLock { $0.lastProblem = "\(settings.host), port \(port): \(error)" }
        }
        var maker = TraceMaker(settings, sender: number)
        let rate = settings.spansPerSecond / Double(settings.senders)
        let size = Self.size(settings)
        // The senders of a steady load begin one after the other, not all at the same moment.
        let pace = rate > 0 ? Double(size) / rate : 0
        let start = ContinuousClock.now + .nanoseconds(Int64(pace * Double(number) / Double(settings.senders) * 1e9))
        if settings.isReusing, pace > 0 { try? await Task.sleep(until: start, clock: .continuous) }
        var own = 0
        while !Task.isCancelled, !isOver {
            let requests: LoadRequests
            if let reel {
                requests = reel.next()
            } else {
                let (batch, traces) = maker.batch(ofSpans: size, at: UTCTime.now.nanoseconds)
                requests = settings.way.requests(batch, traces: traces)
            }
            counted.withLock { figures in
                figures.sentSpans += requests.spans
                figures.sentTraces += requests.traces
            }
            for part in requests.parts { await deliver(part, by: channel) }
            own += requests.spans
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

    /// Sends a request.
    ///
    /// One that the server wants later is sent again until the load is over, or dropped if that is
    /// what the load is to be like.
    private func deliver(_ part: LoadRequests.Part, by channel: any LoadChannel) async {
        while true {
            let clock = ContinuousClock.now
            let outcome = await channel.send(part.body)
            let took = Double((ContinuousClock.now - clock).microseconds) / 1_000
            switch outcome {
            case .taken:
                return counted.withLock { figures in
                    figures.takenSpans += part.spans
                    if settings.way != .udp { figures.addLatency(milliseconds: took) }
                }
            case .later(let seconds, let words):
                counted.withLock { figures in
                    figures.refusals += 1
                    if seconds == nil { figures.refusalsWithoutHint += 1 }
                    figures.lastProblem = words
                    if settings.dropsRefused { figures.droppedSpans += part.spans }
                }
                if settings.dropsRefused { return }
                try? await Task.sleep(for: .seconds(seconds ?? 1))
                // A sleep that was cut short is the end of the run.
                if !Task.isCancelled, !isOver { continue }
            case .failed(let words): counted.withLock { $0.lastProblem = words }
            }
            counted.withLock { $0.failedSpans += part.spans }
            // A server that is away must not be asked as fast as the machine can.
            if case .failed = outcome { try? await Task.sleep(for: .milliseconds(200)) }
            return
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
