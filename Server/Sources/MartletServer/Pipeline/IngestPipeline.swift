import Receivers
import SpanStorage
import TraceModel

/// The way from receivers to the store, counted.
final class IngestPipeline: Sendable {
    /// Where spans go.
    let store: any SpanStore
    /// Bytes of requests under way.
    let budget: ByteBudget
    /// Spans by service.
    let ledger = SpanLedger()
    /// Requests by source.
    let requests = RequestCounters()

    init(store: any SpanStore, bytesInFlightMax: Int = 64 << 20) {
        self.store = store
        budget = ByteBudget(bytesMax: bytesInFlightMax)
    }

    /// Stores what a request gave.
    ///
    /// `completion` is called once, on any thread, with nil when it is durable.
    func take(
        _ received: Received,
        from source: IngestSource,
        bytes: Int,
        completion: @escaping @Sendable (SpanStoreError?) -> Void
    ) {
        requests.update(source) { counts in
            counts.requests += 1
            counts.bytes += UInt64(bytes)
        }
        store(received, from: source, completion: completion)
    }

    /// Stores what several datagrams gave, which were counted already.
    func store(
        _ received: Received,
        from source: IngestSource,
        completion: @escaping @Sendable (SpanStoreError?) -> Void
    ) {
        requests.note(received, from: source)
        let entry = ledger.receive(received, from: source)
        if received.batch.isEmpty { return completion(nil) }
        store.append(received.batch) { [ledger, requests] result in
            switch result {
            case .success:
                ledger.settle(entry, nil)
                completion(nil)
            case .failure(let error):
                ledger.settle(entry, error)
                if source.transport != "udp" {
                    let failure: RequestFailure = SpanLedger.Cause(error) == .overloaded ? .overloaded : .store
                    requests.update(source) { $0.failures[failure, default: 0] += 1 }
                }
                completion(error)
            }
        }
    }

    /// Counts spans for which there is no room as rejected.
    func drop(_ received: Received, from source: IngestSource) {
        requests.note(received, from: source)
        ledger.settle(ledger.receive(received, from: source), .overloaded(retryAfterSeconds: 1))
    }
}
