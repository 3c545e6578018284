import EmbeddedStore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import QueryAPI
import SpanStorage
import Synchronization
import TraceModel

/// Answers from a data directory that no server has open: the same routes, without a port.
///
/// Nothing is merged, sealed or put out meanwhile.
public struct OfflineAnswers: AnswerSource {
    private let store: EmbeddedStore
    private let responder: RouterResponder<OfflineContext>
    private let logger: Logger

    /// Opens a data directory.
    public init(directory: String, logger: Logger) throws(AnswerFailure) {
        do throws(SpanStoreError) {
            try DataDirectory.require(directory)
            if DataDirectory.isInUse(directory) {
                throw .io(
                    "\(directory) is in use by a running martlet: ask that one, with --url http://localhost:16686"
                )
            }
            var configuration = EmbeddedStoreConfiguration(directory: directory)
            configuration.upkeepMilliseconds = 3_600_000
            configuration.mergedSegmentsMin = .max
            configuration.rollupBytesMax = .max
            store = try EmbeddedStore.open(configuration)
        } catch {
            throw AnswerFailure(error.description)
        }
        self.logger = logger
        let router = Router(context: OfflineContext.self)
        QueryRoutes(store: store, now: { UTCTime.now.nanoseconds }).add(to: router)
        responder = router.buildResponder()
    }

    public func get(
        _ path: String,
        _ parameters: [(name: String, value: String)]
    ) async throws(AnswerFailure) -> QueryAnswer {
        let target = Self.target(path, parameters)
        let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: target)
        do {
            let response = try await responder.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
                context: OfflineContext(source: OfflineSource(logger: logger))
            )
            let body = CollectedBody()
            try await response.body.write(body)
            return QueryAnswer(status: response.status.code, body: body.bytes)
        } catch {
            throw AnswerFailure("the question cannot be answered: \(error)")
        }
    }

    public func close() async { await store.close() }
}

/// A request that came from nowhere.
private struct OfflineSource: RequestContextSource {
    let logger: Logger
}

private struct OfflineContext: RequestContext {
    typealias Source = OfflineSource

    var coreContext: CoreRequestContextStorage

    init(source: OfflineSource) { coreContext = .init(source: source) }
}

/// Takes what a route writes.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) {
        collected.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func write(contentsOf buffers: some Sequence<ByteBuffer>) {
        for buffer in buffers { write(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
