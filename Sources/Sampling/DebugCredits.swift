/// How many traces clients may force to be sampled: credits by service and operation, which grow with time.
///
/// A client's throttler asks for credits now and then and spends one for each trace that it forces (`/credits` of port
/// 5778). All processes of a service share its credits: who asks first gets what there is.
public struct DebugCredits: Sendable {
    private struct Balance: Sendable {
        var credits: Double
        var asOf: Double
    }

    /// Operations of all services that are followed; further ones get nothing.
    public static let operationsMax = 20_000

    /// Credits a second of each operation.
    public let creditsPerSecond: Double
    private var balances: [String: [String: Balance]] = [:]
    private var count = 0

    /// No credits given out yet.
    public init(creditsPerSecond: Double) {
        self.creditsPerSecond = creditsPerSecond
    }

    /// The most that an operation saves up: those of ten seconds, and one at the least.
    public var creditsMax: Double { max(1, creditsPerSecond * 10) }

    /// Gives out the whole credits of an operation at a time, in seconds from any beginning.
    public mutating func take(service: String, operation: String, at seconds: Double) -> Double {
        var balance = balances[service]?[operation]
        if balance == nil {
            if count >= Self.operationsMax { return 0 }
            count += 1
            balance = Balance(credits: creditsMax, asOf: seconds)
        }
        guard var balance else { return 0 }
        balance.credits = min(creditsMax, balance.credits + max(0, seconds - balance.asOf) * creditsPerSecond)
        balance.asOf = max(balance.asOf, seconds)
        let given = balance.credits.rounded(.down)
        balance.credits -= given
        balances[service, default: [:]][operation] = balance
        return given
    }
}
