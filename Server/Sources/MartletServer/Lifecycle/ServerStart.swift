import EmbeddedStore
import GRPCServer
import Logging
import NIOCore
import NIOPosix
import QueryAPI
import Sampling
import SpanStorage
import TraceModel

/// A server that is being started: remembers what has been started, to take it back if the rest fails.
struct ServerStart {
    /// The ports that nobody listens on yet.
    var ports: BoundPorts
    let group: any EventLoopGroup
    /// Those that take spans, once started.
    private(set) var receivers: [Listener] = []
    private var others: [Listener] = []
    private var store: (any SpanStore)?
    private var query: QueryServer?

    init(ports: BoundPorts, group: any EventLoopGroup) {
        self.ports = ports
        self.group = group
    }

    /// Serves a small site on a port.
    mutating func serve(_ site: some HTTPSite, _ name: PortName, budget: ByteBudget) async throws -> Listener {
        let sockets = ports.take(name)
        let listener = try await Listener.start(site, name: name, sockets: sockets, budget: budget, group: group)
        others.append(listener)
        return listener
    }

    /// Opens the store; what is in its log is visible when this returns.
    mutating func openStore(_ settings: ServerSettings, logger: Logger) async throws -> any SpanStore {
        let durability: Durability =
            switch settings.durability {
            case .fsync: .fsync
            case .os: .os
            case .async: .async
            }
        let directory = settings.storage == .memory ? nil : settings.dataDirectory
        var configuration = Self.bounds(settings, directory: directory)
        configuration.durability = durability
        do {
            // Reading the log takes as long as the disk does: not on a thread that others wait for.
            let opened = try await NIOThreadPool.singleton.runIfActive { [configuration] in
                try EmbeddedStore.open(configuration)
            }
            for note in opened.openingNotes { logger.notice("\(note)") }
            store = opened
            return opened
        } catch {
            throw StartError("\(error)")
        }
    }

    /// The store's configuration with the bounds that the settings want, as numbers.
    static func bounds(_ settings: ServerSettings, directory: String?) -> EmbeddedStoreConfiguration {
        var configuration = EmbeddedStoreConfiguration(directory: directory)
        if let bytes = bytes(settings.retentionSize, in: directory) { configuration.storeBytesMax = bytes }
        if directory != nil || settings.rollupSize != ServerSettings().rollupSize,
            let bytes = bytes(settings.rollupSize, in: directory)
        {
            configuration.rollupBytesMax = bytes
        }
        configuration.ageMaxNanoseconds = nanoseconds(settings.retentionAge)
        configuration.rollupAgeMaxNanoseconds =
            settings.rollupAge.map(nanoseconds) ?? configuration.ageMaxNanoseconds.map { $0 * 10 }
        return configuration
    }

    /// A size in bytes; nil if it is a share of a disk and there is none.
    private static func bytes(_ size: RetentionSize, in directory: String?) -> Int? {
        switch size {
        case .unbounded: .max
        case .bytes(let bytes): bytes
        case .shareOfDisk(let share): directory.flatMap(EmbeddedStore.diskSize(near:)).map { Int(Double($0) * share) }
        }
    }

    private static func nanoseconds(_ age: RetentionAge) -> UInt64? {
        if case .seconds(let seconds) = age { UInt64(seconds) * 1_000_000_000 } else { nil }
    }

    /// Takes over the query port.
    mutating func serveQueries(
        _ store: any SpanStore,
        _ parts: QueryServer.Parts,
        settings: ServerSettings,
        logger: Logger
    ) async throws -> QueryServer {
        let server = try await QueryServer(
            store: store,
            parts: parts,
            settings: settings,
            sockets: ports.take(.query),
            group: group,
            logger: logger
        )
        query = server
        return server
    }

    /// Takes over the port of the query services over gRPC.
    ///
    /// `small` is the budget of their requests, which are small.
    mutating func serveQueriesByGRPC(_ store: any SpanStore, health: GRPCHealth, small: ByteBudget) async throws {
        let sockets = ports.take(.queryGRPC)
        if sockets.isEmpty { return }
        let routes = QueryRoutes(store: store, now: { UTCTime.now.nanoseconds })
        var limits = GRPCLimits()
        limits.messageBytesMax = 1 << 20
        let site = GRPCSite(QueryServices(routes).services, limits: limits, admission: small, health: health)
        let hint = "the query API over HTTP has a port of its own, usually 16686"
        receivers.append(try await Listener.start(site, hint: hint, name: .queryGRPC, sockets: sockets, group: group))
    }

    /// Starts the receivers of datagrams whose ports are bound.
    mutating func receiveDatagrams(_ pipeline: IngestPipeline) async throws {
        for name in PortName.allCases {
            guard let source = name.datagramSource, ports.sockets[name] != nil else { continue }
            receivers.append(
                try await Listener.start(
                    pipeline: pipeline,
                    source: source,
                    name: name,
                    sockets: ports.take(name),
                    group: group
                )
            )
        }
    }

    /// The ports that take datagrams.
    var datagramPorts: [(source: IngestSource, port: Int)] {
        receivers.compactMap { receiver in
            receiver.name.datagramSource.flatMap { source in
                receiver.channels.first?.localAddress?.port.map { (source: source, port: $0) }
            }
        }
    }

    /// All that was started but the store and the questions.
    var listeners: [Listener] { receivers + others }

    /// Starts all receivers whose ports are bound.
    ///
    /// `small` is the budget of those that take no spans.
    mutating func receive(
        _ pipeline: IngestPipeline,
        settings: ServerSettings,
        _ sampling: SamplingSite,
        health: GRPCHealth,
        small: ByteBudget
    ) async throws {
        try await receiveDatagrams(pipeline)
        let jaeger = JaegerCollectorSite(pipeline: pipeline, sampling: sampling)
        try await receive(jaeger, .jaegerHTTP, budget: pipeline.budget)
        let zipkinOrigins = AllowedOrigins(patterns: settings.zipkinAllowedOrigins)
        let zipkin = ZipkinSite(pipeline: pipeline, origins: zipkinOrigins)
        try await receive(zipkin, .zipkinHTTP, budget: pipeline.budget)
        let origins = AllowedOrigins(patterns: settings.otlpAllowedOrigins)
        try await receive(OTLPSite(pipeline: pipeline, origins: origins), .otlpHTTP, budget: pipeline.budget)
        try await receive(sampling, .sampling, budget: small)
        let collector = [GRPCServices.jaegerCollector(pipeline), GRPCServices.sampling(sampling.book)]
        try await receive([GRPCServices.otlp(pipeline)], .otlpGRPC, pipeline, health)
        try await receive(collector, .jaegerGRPC, pipeline, health)
        try await receive([GRPCServices.sampling(sampling.book)], .samplingGRPC, pipeline, health)
    }

    /// Stops what was started, and closes the ports.
    mutating func undo() async {
        ports.close()
        for listener in receivers + others { await listener.stop(timeout: .zero) }
        if let query { await query.stop(timeout: .zero) }
        if let store { await store.close() }
    }

    private mutating func receive(
        _ services: [GRPCService],
        _ name: PortName,
        _ pipeline: IngestPipeline,
        _ health: GRPCHealth
    ) async throws {
        let sockets = ports.take(name)
        if sockets.isEmpty { return }
        let source: IngestSource = name == .otlpGRPC ? .otlpGRPC : .jaegerGRPC
        let site = GRPCSite(services, admission: pipeline.budget, health: health) { path, refusal in
            pipeline.requests.fail(source, refusal.failure)
        }
        let hint =
            switch name {
            case .otlpGRPC: "OTLP over HTTP has a port of its own, usually 4318"
            case .jaegerGRPC: "Jaeger's Thrift over HTTP has a port of its own, usually 14268"
            default: "sampling strategies over HTTP have a port of their own, usually 5778"
            }
        receivers.append(try await Listener.start(site, hint: hint, name: name, sockets: sockets, group: group))
    }

    private mutating func receive(_ site: some HTTPSite, _ name: PortName, budget: ByteBudget) async throws {
        let sockets = ports.take(name)
        if sockets.isEmpty { return }
        receivers.append(
            try await Listener.start(site, name: name, sockets: sockets, budget: budget, group: group)
        )
    }
}
