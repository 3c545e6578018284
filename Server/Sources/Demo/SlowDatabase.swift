import Synchronization
import Tracing

/// The database of customers: one connection, which whoever needs it waits for.
///
/// Fault: the lock around the connection is held during the whole query. Each span of a query says who it waited for.
final class SlowDatabase: Sendable {
    private struct State {
        var holder: String?
        var waiting: [(request: String, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func customer(_ id: String, request: String) async throws -> String {
        try await withSpan("SQL SELECT", ofKind: .client) { span in
            span.updateAttributes { attributes in
                attributes["peer.service"] = "mysql"
                attributes["db.type"] = "sql"
                attributes["db.statement"] = "SELECT * FROM customer WHERE customer_id=\(id)"
                attributes["request"] = request
            }
            await lock(request, span)
            defer { unlock() }
            try await Task.sleep(for: Faults.queryTime)
            return DemoData.customers[id] ?? "somebody"
        }
    }

    private func lock(_ request: String, _ span: any Tracing.Span) async {
        await withCheckedContinuation { continuation in
            let ahead = state.withLock { state -> [String]? in
                guard let holder = state.holder else {
                    state.holder = request
                    return nil
                }
                let ahead = [holder] + state.waiting.map(\.request)
                state.waiting.append((request, continuation))
                return ahead
            }
            guard let ahead else { return continuation.resume() }
            let noun = ahead.count == 1 ? "transaction" : "transactions"
            span.addEvent(
                SpanEvent(
                    name: "waiting for lock behind \(ahead.count) \(noun)",
                    attributes: ["blockers": .stringArray(ahead)]
                )
            )
        }
        span.addEvent("acquired lock")
    }

    private func unlock() {
        let next = state.withLock { state in
            let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            state.holder = next?.request
            return next
        }
        next?.continuation.resume()
    }
}
