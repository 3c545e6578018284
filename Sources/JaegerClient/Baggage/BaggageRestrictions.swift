import Logging
import Synchronization

/// Says which baggage may be set, and how long its values may be.
public protocol BaggageRestrictions: Sendable {
    /// How long the value of a key may be, in UTF-8 bytes; nil when the key may not be set at all.
    func valueLengthMax(ofKey key: String) -> Int?

    /// Stops what it does besides; it still answers.
    func close()
}

extension BaggageRestrictions {
    /// Does nothing: there is nothing to stop.
    public func close() {}
}

/// Lets every key pass, with values up to a length: what holds unless a program says otherwise.
public struct DefaultBaggageRestrictions: BaggageRestrictions {
    /// How long a value may be, in UTF-8 bytes.
    public let valueLengthMax: Int

    /// Makes restrictions that let every key pass.
    public init(valueLengthMax: Int = 2048) { self.valueLengthMax = valueLengthMax }

    /// The one length.
    public func valueLengthMax(ofKey key: String) -> Int? { valueLengthMax }
}

/// Asks a server which keys may be set, and again every minute.
///
/// Once there is an answer, only the keys it names may be set.
public final class RemoteBaggageRestrictions: BaggageRestrictions {
    /// How restrictions are asked for.
    public struct Settings: Sendable, Hashable {
        /// Where: the endpoint of an agent, without the query.
        public var endpoint = "http://localhost:5778/baggageRestrictions"
        /// How often, give or take a tenth.
        public var refreshInterval: Duration = .seconds(60)
        /// How long an answer may take.
        public var timeout: Duration = .seconds(5)
        /// Whether nothing may be set while there was no answer yet; otherwise anything may.
        public var deniesUntilAnswered = false

        /// The settings of restrictions that nothing was said about.
        public init() {}
    }

    private let deniesUntilAnswered: Bool
    private let allowed = Mutex<[String: Int]?>(nil)
    private let poll: RemotePoll

    /// Makes restrictions, which are asked for at once.
    ///
    /// - Parameters:
    ///   - serviceName: Whose restrictions to ask for.
    ///   - settings: How to ask.
    ///   - transport: Who sends the requests; by default plain HTTP without TLS.
    ///   - logger: Where it says that there is no answer, or one that can't be used.
    ///   - metrics: Where answers are counted.
    public init(
        serviceName: String,
        settings: Settings = Settings(),
        transport: any HTTPTransport = SocketTransport(),
        logger: Logger = Logger(label: "jaeger"),
        metrics: (any TracerMetrics)? = nil
    ) {
        deniesUntilAnswered = settings.deniesUntilAnswered
        poll = RemotePoll(
            what: "restrictions of baggage",
            request: HTTPRequest(
                url: settings.endpoint + "?service=" + FormEncoding.encode(serviceName),
                timeout: settings.timeout
            ),
            interval: settings.refreshInterval,
            transport: transport,
            logger: logger
        )
        poll.start { [weak self] result in
            guard let self else { return }
            do {
                let restrictions = try Self.restrictions(result.get())
                self.allowed.withLock { $0 = restrictions }
                metrics?.add(1, to: .baggageRestrictionUpdates)
            } catch {
                metrics?.add(1, to: .baggageRestrictionUpdatesFailed)
                throw error
            }
        }
    }

    /// `[{"baggageKey": "user", "maxValueLength": 10}]`
    private static func restrictions(_ json: JSONValue) throws(InvalidAnswer) -> [String: Int] {
        guard let elements = json.elements else { throw InvalidAnswer("it is not a list of restrictions") }
        var allowed: [String: Int] = [:]
        for element in elements {
            guard let key = element["baggageKey"]?.string, let length = element["maxValueLength"]?.number, length >= 0
            else { throw InvalidAnswer("one of its restrictions has no baggageKey or no maxValueLength") }
            allowed[key] = Int(min(length, 1e9))
        }
        return allowed
    }

    /// What the latest answer says about the key.
    public func valueLengthMax(ofKey key: String) -> Int? {
        allowed.withLock { allowed in
            guard let allowed else {
                return deniesUntilAnswered ? nil : DefaultBaggageRestrictions().valueLengthMax
            }
            return allowed[key]
        }
    }

    /// Stops asking.
    public func close() { poll.stop() }

    /// Asks now and returns when the answer is applied or given up.
    public func refresh() async { await poll.now() }
}
