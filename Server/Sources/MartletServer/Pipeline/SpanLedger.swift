import Receivers
import SpanStorage
import Synchronization
import TraceModel

/// Counts every span that comes in, by service and source, so that always
/// `received = stored + sampled out + rejected + under way`.
///
/// It costs two short locks a batch, and nothing a span but the walk over one column where a batch has many resources.
final class SpanLedger: Sendable {
    /// What became of spans that were not stored.
    enum Cause: Int, CaseIterable, Sendable {
        case zeroTraceID, zeroSpanID, invalidTime, overloaded, diskFull, closed, storeFailed

        /// The value of the label `reason` on metrics.
        var label: String {
            switch self {
            case .zeroTraceID: RejectionReason.zeroTraceID.label
            case .zeroSpanID: RejectionReason.zeroSpanID.label
            case .invalidTime: RejectionReason.invalidTime.label
            case .overloaded: "overloaded"
            case .diskFull: "disk_full"
            case .closed: "shutting_down"
            case .storeFailed: "store_failed"
            }
        }

        /// Those for which the store refused a batch.
        static let ofStore: [Cause] = [.overloaded, .diskFull, .closed, .storeFailed]

        init(_ reason: RejectionReason) {
            switch reason {
            case .zeroTraceID: self = .zeroTraceID
            case .zeroSpanID: self = .zeroSpanID
            case .invalidTime: self = .invalidTime
            }
        }

        init(_ error: SpanStoreError) {
            switch error {
            case .overloaded: self = .overloaded
            case .diskFull: self = .diskFull
            case .closed: self = .closed
            case .io, .damaged, .version, .query: self = .storeFailed
            }
        }
    }

    /// The counts of one service and source.
    struct Row: Sendable {
        var service: String
        var source: IngestSource
        var received: UInt64 = 0
        /// Acknowledged, and there unless retention or somebody deleted it.
        var stored: UInt64 = 0
        /// Acknowledged, counted in all figures, and then left out by tail sampling.
        var sampledOut: UInt64 = 0
        /// By the raw value of `Cause`.
        var rejected = [UInt64](repeating: 0, count: Cause.allCases.count)

        /// Received, and neither acknowledged nor rejected yet.
        var underWay: UInt64 { received - acknowledged - rejected.reduce(0, +) }

        /// What clients were told has been taken.
        var acknowledged: UInt64 { stored + sampledOut }
    }

    /// The spans of a batch by row, until it is known what became of them.
    struct Entry: Sendable {
        fileprivate var parts: [(row: Int, count: UInt64)] = []
        /// By the number of the resource in the batch, the row that its spans count in.
        private(set) var rows: [Int] = []

        fileprivate mutating func add(row: Int, count: UInt64) {
            rows.append(row)
            if count > 0 { parts.append((row, count)) }
        }
    }

    private struct Key: Hashable {
        var service: String
        var source: IngestSource
    }

    private struct State {
        var index: [Key: Int] = [:]
        var rows: [Row] = []

        mutating func row(_ service: String, _ source: IngestSource) -> Int {
            let key = Key(service: service, source: source)
            if let row = index[key] { return row }
            if rows.count >= SpanLedger.servicesMax, service != SpanLedger.otherServices {
                return row(SpanLedger.otherServices, source)
            }
            rows.append(Row(service: service, source: source))
            index[key] = rows.count - 1
            return rows.count - 1
        }
    }

    /// How many services have rows of their own; the others share one, so that names that never repeat cost nothing.
    static let servicesMax = 4000
    /// The service of those that have no row of their own; Jaeger's name for it.
    static let otherServices = "other-services"

    private let state = Mutex(State())

    /// Counts what a request gave as received, and what of it the receiver refused as rejected.
    func receive(_ received: Received, from source: IngestSource) -> Entry {
        let batch = received.batch
        var counts = [UInt64](repeating: 0, count: batch.resources.count)
        if counts.count == 1 {
            counts[0] = UInt64(batch.count)
        } else {
            for resource in batch.spans.resources where resource < counts.count { counts[Int(resource)] += 1 }
        }
        // A receiver's rejections do not say which service sent them: they count for the request's first.
        let owner = batch.resources.first.map { batch.strings.text($0.service) } ?? ""
        let names = batch.resources.map { batch.strings.text($0.service) }
        return state.withLock { state in
            var entry = Entry()
            for (name, count) in zip(names, counts) {
                // A resource without spans needs no row; any number will do for it.
                let row = count > 0 ? state.row(name, source) : 0
                if count > 0 { state.rows[row].received += count }
                entry.add(row: row, count: count)
            }
            for rejection in received.rejections {
                let row = state.row(owner, source)
                state.rows[row].received += UInt64(rejection.count)
                state.rows[row].rejected[Cause(rejection.reason).rawValue] += UInt64(rejection.count)
            }
            return entry
        }
    }

    /// Counts the spans of an entry as stored or, with an error, as rejected.
    func settle(_ entry: Entry, _ error: SpanStoreError?) {
        state.withLock { state in
            for part in entry.parts {
                if let error {
                    state.rows[part.row].rejected[Cause(error).rawValue] += part.count
                } else {
                    state.rows[part.row].stored += part.count
                }
            }
        }
    }

    /// Counts spans that were stored as sampled out.
    func leaveOut(_ spans: [(row: Int, count: UInt64)]) {
        state.withLock { state in
            for (row, count) in spans {
                // Never more than there are: the books balance whatever happens.
                let count = min(count, state.rows[row].stored)
                state.rows[row].stored -= count
                state.rows[row].sampledOut += count
            }
        }
    }

    /// All rows.
    var rows: [Row] { state.withLock { $0.rows } }
}
