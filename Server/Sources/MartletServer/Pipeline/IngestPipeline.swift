import NIOCore
import QueryAPI
import Receivers
import SpanStorage
import TraceModel

/// The way from receivers to where spans go, counted.
final class IngestPipeline: Sendable {
    /// Where spans go.
    let sink: any SpanSink
    /// Bytes of requests under way.
    let budget: ByteBudget
    /// Spans by service.
    let ledger: SpanLedger
    /// Requests by source.
    let requests = RequestCounters()
    /// From a batch's handing over to the store until it is durable.
    let saveLatency = LatencyHistogram()

    /// Sees each batch before it is stored; nil if nobody wants to.
    private let observe: (@Sendable (SpanBatch) -> Void)?
    /// Decides on whole traces once they are stored; nil without policies.
    let tail: TailSampler?

    /// Who hears of spans that were stored.
    private let live: LiveTail

    init(
        sink: any SpanSink,
        ledger: SpanLedger = SpanLedger(),
        bytesInFlightMax: Int = 64 << 20,
        tail: TailSampler? = nil,
        live: LiveTail = LiveTail(),
        observe: (@Sendable (SpanBatch) -> Void)? = nil
    ) {
        self.sink = sink
        self.ledger = ledger
        self.tail = tail
        self.live = live
        self.observe = observe
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

    /// Stores what a request gave that was counted already.
    private func store(
        _ received: Received,
        from source: IngestSource,
        completion: @escaping @Sendable (SpanStoreError?) -> Void
    ) {
        requests.note(received, from: source)
        let entry = ledger.receive(received, from: source)
        if received.batch.isEmpty { return completion(nil) }
        observe?(received.batch)
        append(received.batch, entry, from: source, completion: completion)
    }

    /// Stores what several datagrams gave; while the store is busy it tries again and again.
    ///
    /// Nobody can be asked to send them again later, so they wait here, within the budget that they have reserved.
    func store(
        datagrams received: Received,
        from source: IngestSource,
        on loop: any EventLoop,
        completion: @escaping @Sendable (SpanStoreError?) -> Void
    ) {
        requests.note(received, from: source)
        let entry = ledger.receive(received, from: source)
        if received.batch.isEmpty { return completion(nil) }
        observe?(received.batch)
        let patience = NIODeadline.now() + Self.datagramPatience
        append(received.batch, entry, from: source, on: loop, until: patience, completion: completion)
    }

    /// How long datagrams wait for a store that is busy.
    private static let datagramPatience = TimeAmount.seconds(10)

    private func append(
        _ batch: SpanBatch,
        _ entry: SpanLedger.Entry,
        from source: IngestSource,
        on loop: any EventLoop,
        until deadline: NIODeadline,
        completion: @escaping @Sendable (SpanStoreError?) -> Void
    ) {
        sink.append(batch) { [self] result in
            if case .failure(.overloaded) = result, NIODeadline.now() < deadline {
                loop.scheduleTask(in: .milliseconds(10)) { [self] in
                    append(batch, entry, from: source, on: loop, until: deadline, completion: completion)
                }
                return
            }
            settle(batch, entry, result, from: source, completion: completion)
        }
    }

    private func append(
        _ batch: SpanBatch,
        _ entry: SpanLedger.Entry,
        from source: IngestSource,
        completion: @escaping @Sendable (SpanStoreError?) -> Void
    ) {
        let began = ContinuousClock.now
        sink.append(batch) { [self] result in
            saveLatency.add(ContinuousClock.now - began)
            settle(batch, entry, result, from: source, completion: completion)
        }
    }

    private func settle(
        _ batch: SpanBatch,
        _ entry: SpanLedger.Entry,
        _ result: Result<Void, SpanStoreError>,
        from source: IngestSource,
        completion: @Sendable (SpanStoreError?) -> Void
    ) {
        switch result {
        case .success:
            ledger.settle(entry, nil)
            completion(nil)
            tail?.observe(batch, entry)
            if live.isWatched { live.publish(batch) }
        case .failure(let error):
            ledger.settle(entry, error)
            if source.transport != "udp" {
                let failure: RequestFailure = SpanLedger.Cause(error) == .overloaded ? .overloaded : .store
                requests.update(source) { $0.failures[failure, default: 0] += 1 }
            }
            completion(error)
        }
    }

    /// Counts spans for which there is no room as rejected.
    func drop(_ received: Received, from source: IngestSource) {
        requests.note(received, from: source)
        ledger.settle(ledger.receive(received, from: source), .overloaded(retryAfterSeconds: 1))
    }
}
