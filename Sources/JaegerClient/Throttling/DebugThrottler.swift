import Logging
import Synchronization

/// Says whether one more trace may be recorded because somebody asked for it.
///
/// Asked when `sampling.priority` or a `jaeger-debug-id` would force a trace: forced traces go past the sampler, and
/// somebody who sends the header with every request could fill the storage.
public protocol DebugThrottler: Sendable {
    /// Whether a trace of this operation may be forced now; a yes is used up.
    func allowsDebug(operationName: String) -> Bool

    /// Stops what it does besides; it still answers.
    func close()
}

extension DebugThrottler {
    /// Does nothing: there is nothing to stop.
    public func close() {}
}

/// Gets credits for forced traces from a server: one for each, by operation.
///
/// Until the server gave some, no trace can be forced. An operation that is asked about for the first time is told to
/// the server with the next question.
public final class RemoteDebugThrottler: DebugThrottler {
    /// How credits are asked for.
    public struct Settings: Sendable, Hashable {
        /// Where: the endpoint of an agent, without the query.
        public var endpoint = "http://localhost:5778/credits"
        /// How often, give or take a tenth.
        public var refreshInterval: Duration = .seconds(5)
        /// How long an answer may take.
        public var timeout: Duration = .seconds(5)
        /// So many operations are asked about; those that come later are not allowed.
        public var operationsMax = 200

        /// The settings of a throttler that nothing was said about.
        public init() {}
    }

    private let settings: Settings
    private let query: String
    private let credits = Mutex<[String: Double]>([:])
    private let poll: RemotePoll

    /// Makes a throttler.
    ///
    /// - Parameters:
    ///   - serviceName: Whose credits to ask for.
    ///   - clientID: What tells this process from others of the service.
    ///   - settings: How to ask.
    ///   - transport: Who sends the requests; by default plain HTTP without TLS.
    ///   - logger: Where it says that there is no answer, or one that can't be used.
    ///   - metrics: Where answers are counted.
    public init(
        serviceName: String,
        clientID: String,
        settings: Settings = Settings(),
        transport: any HTTPTransport = SocketTransport(),
        logger: Logger = Logger(label: "jaeger"),
        metrics: (any TracerMetrics)? = nil
    ) {
        self.settings = settings
        query = "?service=\(FormEncoding.encode(serviceName))&uuid=\(FormEncoding.encode(clientID))"
        poll = RemotePoll(
            what: "credits for debugging",
            request: HTTPRequest(url: settings.endpoint + query, timeout: settings.timeout),
            interval: settings.refreshInterval,
            transport: transport,
            logger: logger
        )
        poll.start(changingURL: { [weak self] in self?.url }) { [weak self] result in
            guard let self else { return }
            do {
                try self.add(Self.balances(result.get()))
                metrics?.add(1, to: .throttlerUpdates)
            } catch {
                metrics?.add(1, to: .throttlerUpdatesFailed)
                throw error
            }
        }
    }

    /// Takes a credit of the operation, if it has one.
    public func allowsDebug(operationName: String) -> Bool {
        credits.withLock { credits in
            guard let balance = credits[operationName] else {
                if credits.count < settings.operationsMax { credits[operationName] = 0 }
                return false
            }
            guard balance >= 1 else { return false }
            credits[operationName] = balance - 1
            return true
        }
    }

    /// The question, which names the operations; nil while there is none to ask about.
    private var url: String? {
        let operations = credits.withLock { $0.keys.sorted() }
        if operations.isEmpty { return nil }
        return settings.endpoint + query + operations.map { "&operations=" + FormEncoding.encode($0) }.joined()
    }

    /// `{"balances": [{"operation": "a", "balance": 1.0}]}`
    private static func balances(_ json: JSONValue) throws(InvalidAnswer) -> [(String, Double)] {
        guard let elements = json["balances"]?.elements else { throw InvalidAnswer("it has no balances") }
        var balances: [(String, Double)] = []
        for element in elements {
            guard let operation = element["operation"]?.string, let balance = element["balance"]?.number else {
                throw InvalidAnswer("one of its balances has no operation or no number")
            }
            balances.append((operation, balance))
        }
        return balances
    }

    private func add(_ balances: [(String, Double)]) {
        credits.withLock { credits in
            for (operation, balance) in balances where credits[operation] != nil {
                credits[operation, default: 0] += max(0, balance)
            }
        }
    }

    /// Stops asking.
    public func close() { poll.stop() }

    /// Asks now and returns when the answer is applied or given up.
    public func refresh() async { await poll.now() }
}
