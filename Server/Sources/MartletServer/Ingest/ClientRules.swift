import Logging
import Sampling
import Synchronization
import TraceModel

/// What clients may do, beyond sampling: force traces, and set baggage.
///
/// Nothing is said of either unless the operator did: clients then go by their own settings.
final class ClientRules: Sendable {
    private let credits: Mutex<DebugCredits?>
    private let file: WatchedFile?
    private let baggage = Mutex<BaggageRestrictions?>(nil)

    /// What the settings want.
    init(_ settings: ServerSettings) throws(StartError) {
        let rate = settings.debugCreditsPerSecond
        credits = Mutex(rate > 0 ? DebugCredits(creditsPerSecond: rate) : nil)
        guard let path = settings.baggageRestrictionsFile else {
            file = nil
            return
        }
        let file = WatchedFile(path: path, subject: "baggage restrictions")
        self.file = file
        do throws(WatchedFileError) {
            let restrictions = try file.decode(BaggageRestrictions.self, from: file.load())
            baggage.withLock { $0 = restrictions }
        } catch {
            throw StartError("\(SettingName.baggageRestrictions.flag): \(error)")
        }
    }

    /// The answer to `/baggageRestrictions`; nil if nothing is restricted.
    func baggage(for service: String) -> String? { baggage.withLock { $0?.json(for: service) } }

    /// The answer to `/credits`; nil if forced traces are not limited.
    func credits(for service: String, operations: [String]) -> String? {
        guard credits.withLock({ $0 != nil }) else { return nil }
        let now = Double(UTCTime.now.nanoseconds) / 1e9
        let balances = operations.prefix(1_000).map { operation in
            let balance = credits.withLock { $0?.take(service: service, operation: operation, at: now) ?? 0 }
            var name = ""
            writeJSONString(operation, to: &name)
            return "{\"operation\":\(name),\"balance\":\(decimalText(balance))}"
        }
        return "{\"balances\":[\(balances.joined(separator: ","))]}"
    }

    /// Reads the file again whenever it changes, until its task is cancelled.
    func follow(every interval: Duration, logger: Logger) async {
        guard let file else { return }
        await file.follow(every: interval, logger: logger, onFailure: {}) { bytes throws(WatchedFileError) in
            let restrictions = try file.decode(BaggageRestrictions.self, from: bytes)
            baggage.withLock { $0 = restrictions }
            return [:]
        }
    }
}
