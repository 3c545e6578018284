import HTTPTypes
import Hummingbird
import Synchronization

/// Counts the questions to the query API.
final class QueryCounters: Sendable {
    /// What is counted apart.
    struct Key: Hashable, Comparable, Sendable {
        var operation: String
        var result: String

        static func < (left: Key, right: Key) -> Bool {
            (left.operation, left.result) < (right.operation, right.result)
        }
    }

    private let state = Mutex<[Key: UInt64]>([:])

    /// All counts.
    var counts: [Key: UInt64] { state.withLock { $0 } }

    fileprivate func count(_ operation: String, isError: Bool) {
        let key = Key(operation: operation, result: isError ? "err" : "ok")
        state.withLock { $0[key, default: 0] += 1 }
    }
}

/// Counts what passes.
struct CountQueries<Context: RequestContext>: RouterMiddleware {
    let counters: QueryCounters

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await next(request, context)
            count(context, isError: response.status.code >= 400)
            return response
        } catch {
            count(context, isError: true)
            throw error
        }
    }

    // By the route's path, of which there are few: what clients make up is not counted apart.
    private func count(_ context: Context, isError: Bool) {
        guard let path = context.endpointPath else { return }
        let operation: String
        if path.hasSuffix("/api/services") {
            operation = "get_services"
        } else if path.hasSuffix("operations") {
            operation = "get_operations"
        } else if path.hasSuffix("/api/traces") {
            operation = "find_traces"
        } else if path.contains("/api/traces/") {
            operation = "get_trace"
        } else {
            return
        }
        counters.count(operation, isError: isError)
    }
}
