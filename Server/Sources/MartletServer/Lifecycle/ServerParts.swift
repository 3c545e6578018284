import EmbeddedStore
import GRPCServer
import Logging
import NIOCore
import NIOPosix
import QueryAPI
import Sampling
import SpanStorage
import TraceModel

/// The parts of a running server.
///
/// They start from the ports over the store to the receivers, and stop the other way round.
struct ServerParts: Sendable {
    let addresses: [PortName: [SocketAddress]]
    let store: any SpanStore
    let query: QueryServer
    private let live = LiveTail()
    private let status: ServerStatus
    private let admin: Listener
    private let receivers: [Listener]
    private let health = GRPCHealth()
    private let samplingFile: SamplingFile?
    private let rules: ClientRules
    private let tailFile: TailFile?
    private let tail: TailSampler?
    private let book: SamplingBook
    private let settings: ServerSettings
    private let logger: Logger

    /// Starts everything, or throws and leaves nothing behind.
    init(_ settings: ServerSettings, logger: Logger) async throws(StartError) {
        let startedAt = UTCTime.now
        samplingFile = try SamplingFile(settings)
        book = try SamplingBook(settings, samplingFile, logger: logger)
        rules = try ClientRules(settings)
        let (tailFile, tailOptions) = try Self.tailSampling(settings)
        self.tailFile = tailFile
        var start = ServerStart(ports: try BoundPorts(settings), group: MultiThreadedEventLoopGroup.singleton)
        addresses = start.ports.addresses
        let status = ServerStatus()
        do {
            // What the small sites take in is theirs: spans that flood the server must not make it look dead.
            let small = ByteBudget(bytesMax: 16 << 20)
            admin = try await start.serve(AdminSite(status: status), .admin, budget: small)
            store = try await start.openStore(settings, logger: logger)
            let ledger = SpanLedger()
            tail = tailOptions.map { [store] in TailSampler($0, store: store, ledger: ledger) }
            let pipeline = IngestPipeline(
                sink: store,
                ledger: ledger,
                bytesInFlightMax: settings.ingestBytesMax,
                tail: tail,
                live: live,
                observe: { [book] batch in book.observe(batch) }
            )
            let counters = QueryCounters()
            let questions = QueryServer.Parts(live: live, counters: counters, status: status)
            query = try await start.serveQueries(store, questions, settings: settings, logger: logger)
            try await start.serveQueriesByGRPC(store, health: health, small: small)
            let sampling = SamplingSite(book: book, rules: rules)
            try await start.receive(pipeline, settings: settings, sampling, health: health, small: small)
            receivers = start.receivers
            let listeners = receivers.filter { !$0.name.isDatagram } + [admin]
            health.set(isServing: true)
            let datagramPorts = start.datagramPorts
            status.run { [store, query, book, addresses] in
                let counts = listeners.map { ($0.name, $0.connections.count) } + [(.query, query.connections.count)]
                return ServerMetrics(
                    ingest: IngestMetrics(pipeline: pipeline, connections: counts, datagramPorts: datagramPorts),
                    store: store,
                    book: book,
                    queries: counters,
                    addresses: addresses,
                    settings: settings,
                    tailFile: tailFile,
                    startedAt: startedAt
                )
            }
        } catch {
            await start.undo()
            throw error as? StartError ?? StartError("the server cannot start: \(error)")
        }
        self.status = status
        self.settings = settings
        self.logger = logger
    }

    /// The file of tail sampling's policies, if there is one, and what is in it.
    private static func tailSampling(_ settings: ServerSettings) throws(StartError) -> (TailFile?, TailOptions?) {
        guard let file = TailFile(settings) else { return (nil, nil) }
        do throws(WatchedFileError) {
            return (file, try file.load())
        } catch {
            throw StartError("\(SettingName.tailPolicies.flag): \(error)")
        }
    }

    /// What goes on beside the ports, until its task is cancelled.
    func attend() async {
        await withDiscardingTaskGroup { group in
            if let samplingFile, settings.samplingReloadInterval > .zero {
                group.addTask {
                    await samplingFile.follow(into: book, every: settings.samplingReloadInterval, logger: logger)
                }
            }
            if settings.samplingReloadInterval > .zero {
                group.addTask { await rules.follow(every: settings.samplingReloadInterval, logger: logger) }
            }
            if let tail { group.addTask { await tail.run(logger: logger) } }
            if let tail, let tailFile, settings.samplingReloadInterval > .zero {
                group.addTask {
                    await tailFile.follow(into: tail, every: settings.samplingReloadInterval, logger: logger)
                }
            }
            if book.isAdaptive {
                let file = AdaptiveFile(settings)
                group.addTask { await book.adapt(every: settings.samplingInterval, file: file, logger: logger) }
            }
        }
    }

    /// Stops everything in the order in which nothing is lost: receivers, questions, store.
    func stop() async {
        status.stop()
        health.set(isServing: false)
        let clock = ContinuousClock()
        let began = clock.now
        await withDiscardingTaskGroup { group in
            for receiver in receivers { group.addTask { await receiver.stop(timeout: settings.stopTimeout) } }
        }
        logger.info("receivers stopped")
        // What has been decided on is removed; what waits stays.
        await tail?.remove(logger: logger)
        // Whoever listens to what comes in would wait for ever.
        live.close()
        await query.stop(timeout: settings.stopTimeout)
        await admin.stop(timeout: .seconds(1))
        await store.close()
        let spans = store.statistics().spans
        logger.info("store closed", metadata: ["spans": "\(spans)", "took": "\((clock.now - began).milliseconds) ms"])
    }
}

extension Duration {
    /// Whole milliseconds.
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
