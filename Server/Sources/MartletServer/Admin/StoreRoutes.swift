import EmbeddedStore
import NIOHTTP1
import SpanStorage
import TraceModel

/// What an operator does with the store of a running server, on the admin port: `/store/...`.
///
/// Whatever changes something is a POST with the header `X-Martlet-Admin`, which no web page can send from elsewhere.
enum StoreRoutes {
    /// The header, with any value.
    static let header = "X-Martlet-Admin"

    private static let posts = ["/store/delete", "/store/backup", "/store/compact", "/store/pin", "/store/unpin"]

    /// Whether the path is one of these.
    static func has(_ path: Substring) -> Bool { path == "/store/pins" || changes(path) }

    /// Whether the path is one of these that change something.
    static func changes(_ path: Substring) -> Bool { posts.contains(String(path)) }

    /// Why a request that changes something is refused before it is looked at; nil if it is not.
    static func refusal(_ head: HTTPRequestHead) -> SiteAnswer? {
        guard head.method == .POST else {
            return SiteAnswer.text(.methodNotAllowed, "405 method not allowed, supported: [POST]").with("Allow", "POST")
        }
        guard head.headers.contains(name: header) else {
            return .text(.forbidden, "send the header \(header): 1, so that no web page can do this")
        }
        return nil
    }

    /// Answers a request.
    static func answer(_ target: RequestTarget, _ store: any SpanStore) async -> SiteAnswer {
        do throws(SpanStoreError) {
            switch target.path {
            case "/store/pins": return await pins(store)
            case "/store/pin":
                let id = try trace(target)
                return .json(.ok, "{\"pinned\":\(try await store.pin(id)),\"trace\":\"\(id)\"}\n")
            case "/store/unpin":
                let id = try trace(target)
                return .json(.ok, "{\"unpinned\":\(try await store.unpin(id)),\"trace\":\"\(id)\"}\n")
            case "/store/delete": return try await delete(target, store)
            case "/store/compact": return try await compact(store)
            default: return try await backup(target, store)
            }
        } catch {
            let status: HTTPResponseStatus =
                switch error {
                case .query: .badRequest
                case .overloaded, .diskFull, .closed: .serviceUnavailable
                case .io, .damaged, .version: .internalServerError
                }
            return .text(status, error.description)
        }
    }

    private static func pins(_ store: any SpanStore) async -> SiteAnswer {
        let pins = await store.pinnedTraces().map { pin in
            "{\"trace\":\"\(pin.id)\",\"pinnedAt\":\"\(UTCTime(nanoseconds: pin.pinnedAt))\"}"
        }
        return .json(.ok, "[\(pins.joined(separator: ","))]\n")
    }

    private static func trace(_ target: RequestTarget) throws(SpanStoreError) -> TraceID {
        guard let text = target.values("trace").first, let id = TraceID(hex: text) else {
            throw .query("give the id of a trace: ?trace=4bf92f3577b34da6a3ce929d0e0e4736")
        }
        return id
    }

    private static func delete(
        _ target: RequestTarget,
        _ store: any SpanStore
    ) async throws(SpanStoreError) -> SiteAnswer {
        let request = DeletionRequest(
            traces: target.values("trace"),
            query: target.values("query").first,
            start: target.values("start").first,
            end: target.values("end").first
        )
        let deleted = try await store.delete(try request.deletion())
        let counts = "\"spans\":\(deleted.spans),\"traces\":\(deleted.traces)"
        return .json(.ok, "{\(counts),\"segments\":\(deleted.segments),\"bytes\":\(deleted.bytes)}\n")
    }

    private static func compact(_ store: any SpanStore) async throws(SpanStoreError) -> SiteAnswer {
        guard let embedded = store as? EmbeddedStore else { throw .query("this store has no files of its own") }
        let before = store.statistics()
        try await embedded.compact()
        let after = store.statistics()
        let segments = "\"segmentsBefore\":\(before.segments),\"segments\":\(after.segments)"
        return .json(.ok, "{\(segments),\"bytesBefore\":\(before.diskBytes),\"bytes\":\(after.diskBytes)}\n")
    }

    private static func backup(
        _ target: RequestTarget,
        _ store: any SpanStore
    ) async throws(SpanStoreError) -> SiteAnswer {
        guard let path = target.values("to").first, path.hasPrefix("/") else {
            throw .query("give the folder of the backup, from the root on: ?to=/var/backups/martlet-2026-11-24")
        }
        guard let embedded = store as? EmbeddedStore else { throw .query("this store has no files of its own") }
        let backup = try await embedded.backup(to: path)
        let counts = "\"spans\":\(backup.spans),\"segments\":\(backup.segments)"
        return .json(.ok, "{\(counts),\"bytes\":\(backup.bytes)}\n")
    }
}

/// Which traces somebody wants deleted, in words.
public struct DeletionRequest: Sendable {
    private let traces: [String]
    private let query: String?
    private let start: String?
    private let end: String?

    /// Ids of traces, or a TraceQL query with an optional window: `2026-11-24T10:00:00Z`, or seconds since 1970.
    public init(traces: [String], query: String?, start: String?, end: String?) {
        self.traces = traces
        self.query = query
        self.start = start
        self.end = end
    }

    /// What the store is to be told; throws `.query` if the words make no sense.
    public func deletion() throws(SpanStoreError) -> TraceDeletion {
        guard let query else {
            if traces.isEmpty { throw .query("say what to delete: the id of a trace, or a query") }
            guard start == nil, end == nil else { throw .query("a window of time goes with a query, not with ids") }
            var ids: Set<TraceID> = []
            for text in traces {
                guard let id = TraceID(hex: text) else { throw .query("\"\(text)\" is no id of a trace") }
                ids.insert(id)
            }
            return .traces(ids)
        }
        guard traces.isEmpty else { throw .query("give ids of traces or a query, not both") }
        let first = try start.map(Self.time) ?? 0
        let last = try end.map(Self.time) ?? .max
        guard first <= last else { throw .query("the window ends before it begins") }
        do {
            return .matches(try SpansetExpression(traceQL: query), start: first...last)
        } catch {
            throw .query("the query: \(error)")
        }
    }

    static func time(_ text: String) throws(SpanStoreError) -> UInt64 {
        if let seconds = UInt64(text), seconds < 10_000_000_000 { return seconds * 1_000_000_000 }
        guard let time = UTCTime(text) else {
            throw .query("\"\(text)\" is no time; expected one such as 2026-11-24T10:00:00Z, or seconds since 1970")
        }
        return time.nanoseconds
    }
}

extension UTCTime {
    /// Reads `2026-11-24T10:00:00Z`; nil if it is anything else.
    init?(_ text: String) {
        let parts = text.dropLast().split { "-T:".contains($0) }
        let numbers = parts.compactMap { UInt64($0) }
        guard text.hasSuffix("Z"), text.count == 20, parts.count == 6, numbers.count == 6, numbers[0] >= 1970,
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2]), numbers[3] < 24, numbers[4] < 60,
            numbers[5] < 61
        else { return nil }
        // Years are counted from March, so that leap days come last.
        let year = numbers[1] > 2 ? numbers[0] : numbers[0] - 1
        let day = (153 * ((numbers[1] + 9) % 12) + 2) / 5 + numbers[2] - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + day - 719_468
        self.init(nanoseconds: (((days * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]) * 1_000_000_000)
    }
}
