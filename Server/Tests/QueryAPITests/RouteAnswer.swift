import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import SpanStorage
import Synchronization
import Testing

@testable import QueryAPI

/// What a route answered.
struct RouteAnswer {
    var status: Int
    var type: String?
    var headers: HTTPFields
    var body: String

    /// The ids of the traces in it, in order.
    func traceIDs() throws -> [UInt64] {
        let document = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        let data = try #require(document?["data"] as? [[String: Any]])
        return data.compactMap { ($0["traceID"] as? String).flatMap { UInt64($0, radix: 16) } }
    }
}

/// Sends one request to the routes over a store.
func routeAnswer(
    _ method: HTTPRequest.Method,
    _ path: String,
    of store: any SpanStore,
    now: UInt64,
    basePath: String = ""
) async throws -> RouteAnswer {
    let router = Router()
    QueryRoutes(store: store, now: { now }).add(to: router, basePath: basePath)
    let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
    let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test"))
    let response = try await router.buildResponder().respond(
        to: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
        context: BasicRequestContext(source: source)
    )
    let body = CollectedBody()
    try await response.body.write(body)
    return RouteAnswer(
        status: response.status.code,
        type: response.headers[.contentType],
        headers: response.headers,
        body: body.text
    )
}

/// Takes what a route writes.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let bytes = Mutex(ByteBuffer())

    var text: String { bytes.withLock { String(buffer: $0) } }

    func write(_ buffer: ByteBuffer) {
        bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    func write(contentsOf buffers: some Sequence<ByteBuffer>) {
        for buffer in buffers { write(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
