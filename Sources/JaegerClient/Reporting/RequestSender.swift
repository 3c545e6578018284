import Logging
import OpenTracing
import Thrift

/// Sends spans as the bodies of requests, and keeps the one that was not answered yet.
struct RequestSender: SpanSender, ~Copyable {
    /// The first wait after a failure; each further one is twice as long, up to the last.
    private static let firstWaitNanoseconds: Int64 = 250_000_000
    private static let lastWaitNanoseconds: Int64 = 10_000_000_000

    /// A request that the collector has not taken yet.
    private struct Kept {
        var body: [UInt8]
        var spanCount: Int64
        var since: Int64
        var waitNanoseconds = RequestSender.firstWaitNanoseconds
    }

    private(set) var statistics = ReporterStatistics()
    private let settings: CollectorReporter.Settings
    private let transport: any HTTPTransport
    private let logger: Logger
    private let request: HTTPRequest
    private let thrift: ThriftBatch
    private let otlp: OTLPRequest
    private var sequence: Int64 = 0
    private var kept: Kept?
    private var warning = LossWarning()

    init(
        serviceName: String,
        processTags: TagList,
        settings: CollectorReporter.Settings,
        transport: any HTTPTransport,
        logger: Logger
    ) {
        self.settings = settings
        self.transport = transport
        self.logger = logger
        thrift = ThriftBatch(serviceName: serviceName, processTags: processTags)
        otlp = OTLPRequest(serviceName: serviceName, processTags: processTags)
        var url = settings.url
        let type: String
        switch settings.format {
        case .jaegerThrift:
            if !url.contains("?") { url += "?format=jaeger.thrift" }
            type = "application/x-thrift"
        case .otlp: type = "application/x-protobuf"
        }
        var headers = [(name: "Content-Type", value: type)]
        if let authorization = settings.authorization { headers.append(("Authorization", authorization.header)) }
        for (name, value) in settings.headers.sorted(by: { $0.key < $1.key }) { headers.append((name, value)) }
        request = HTTPRequest(url: url, method: "POST", headers: headers, timeout: settings.timeout)
    }

    var batchSizeMaxSpans: Int { max(1, settings.batchSizeSpans) }

    mutating func send(_ spans: [FinishedSpan], fullQueueDroppedSpans: Int64) -> SendOutcome {
        if fullQueueDroppedSpans > statistics.fullQueueDroppedSpans {
            statistics.fullQueueDroppedSpans = fullQueueDroppedSpans
            warn("its queue of \(settings.queueCapacitySpans) spans is full")
        }
        sequence += 1
        let body =
            switch settings.format {
            case .jaegerThrift: thrift.encode(spans, sequence: sequence, statistics)
            case .otlp: otlp.encode(spans)
            }
        kept = Kept(body: body, spanCount: Int64(spans.count), since: SystemClock().monotonicNanoseconds)
        return sendAgain()
    }

    mutating func sendAgain() -> SendOutcome {
        guard let kept else { return .done }
        var request = request
        request.body = kept.body
        do {
            return settle(try transport.send(request), kept)
        } catch let error as HTTPFailure where error.isPermanent {
            return lose(kept, "\(error)")
        } catch {
            return wait(kept, "\(error)", retryAfterSeconds: nil)
        }
    }

    mutating func giveUp() {
        if let kept { _ = lose(kept, "the reporter was closed before the collector took them") }
    }

    private mutating func settle(_ response: HTTPResponse, _ kept: Kept) -> SendOutcome {
        switch response.status {
        case 200..<300:
            let refused = settings.format == .otlp ? OTLPRequest.refusal(response.body) : nil
            let refusedSpans = min(max(0, refused?.spans ?? 0), kept.spanCount)
            statistics.sentSpans += kept.spanCount - refusedSpans
            statistics.failedToEmitSpans += refusedSpans
            if let refused, refusedSpans > 0 { warn("the collector refused \(refusedSpans) spans: \(refused.message)") }
            self.kept = nil
            return .done
        // Busy, or a proxy whose collector is away. 500 is what Jaeger's collector says when its queue is full.
        case 429, 500, 502, 503, 504:
            return wait(kept, answer(response), retryAfterSeconds: response.retryAfterSeconds)
        default: return lose(kept, answer(response))
        }
    }

    private func answer(_ response: HTTPResponse) -> String {
        let text = HeaderText.trimmed(String(decoding: response.body.prefix(200), as: UTF8.self)[...])
        return "the collector answered with status \(response.status)" + (text.isEmpty ? "" : ": \(text)")
    }

    /// Keeps the request for another try, unless it was tried for long enough.
    private mutating func wait(_ kept: Kept, _ reason: String, retryAfterSeconds: Int?) -> SendOutcome {
        if SystemClock().monotonicNanoseconds - kept.since >= settings.retryTimeout.nanoseconds {
            return lose(kept, reason)
        }
        warn("\(reason); they wait in the queue", isLoss: false)
        let asked = Int64(clamping: min(retryAfterSeconds ?? 0, 3600)) * 1_000_000_000
        let wait = max(asked, kept.waitNanoseconds)
        self.kept = kept
        self.kept?.waitNanoseconds = min(kept.waitNanoseconds * 2, Self.lastWaitNanoseconds)
        return .tryAgain(afterNanoseconds: wait)
    }

    private mutating func lose(_ kept: Kept, _ reason: String) -> SendOutcome {
        statistics.failedToEmitSpans += kept.spanCount
        self.kept = nil
        warn(reason)
        return .done
    }

    private mutating func warn(_ reason: String, isLoss: Bool = true) {
        guard warning.isDue() else { return }
        let what = isLoss ? "loses spans" : "can't send spans"
        logger.warning(
            """
            Jaeger reporter \(what) on their way to \(settings.url): \(reason). JAEGER_ENDPOINT says where to send them.
            """
        )
    }
}

extension HTTPFailure {
    /// Whether another try would fail alike.
    fileprivate var isPermanent: Bool {
        switch self {
        case .badURL, .unsupportedScheme: true
        default: false
        }
    }
}

/// A batch as the body of a request (`POST /api/traces`): the bare structure, in Thrift's binary protocol.
struct ThriftBatch: Sendable {
    private let head: [UInt8]

    init(serviceName: String, processTags: TagList) {
        var writer = BinaryWriter(capacity: 1024)
        _ = writer.beginStruct()
        writer.field(1, .structure)
        ThriftSpans.write(serviceName: serviceName, tags: processTags, to: &writer)
        head = writer.bytes
    }

    func encode(_ spans: [FinishedSpan], sequence: Int64, _ statistics: ReporterStatistics) -> [UInt8] {
        var writer = BinaryWriter(capacity: head.count + spans.count * 512)
        writer.raw(head)
        let batch = writer.resumeStruct(after: 1)
        writer.listField(2, .structure, count: spans.count)
        for span in spans { ThriftSpans.write(span, to: &writer) }
        ThriftSpans.write(sequence: sequence, statistics, to: &writer)
        writer.endStruct(batch)
        return writer.takeBytes()
    }
}
