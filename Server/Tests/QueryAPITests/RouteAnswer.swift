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
    var bytes: [UInt8]

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
    basePath: String = "",
    headers: HTTPFields = [:],
    body: String = "",
    tracePage: TracePageTemplate? = nil
) async throws -> RouteAnswer {
    let router = Router()
    QueryRoutes(store: store, now: { now }, tracePage: tracePage).add(to: router, basePath: basePath)
    let head = HTTPRequest(
        method: method,
        scheme: "http",
        authority: "localhost",
        path: path,
        headerFields: headers
    )
    let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test"))
    let response = try await router.buildResponder().respond(
        to: Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body))),
        context: BasicRequestContext(source: source)
    )
    let collected = CollectedBody()
    try await response.body.write(collected)
    return RouteAnswer(
        status: response.status.code,
        type: response.headers[.contentType],
        headers: response.headers,
        body: collected.text,
        bytes: collected.bytes
    )
}

/// What an answer says.
func routeText(_ response: Response) async throws -> String {
    let body = CollectedBody()
    try await response.body.write(body)
    return body.text
}

/// Takes what a route writes.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let buffer = Mutex(ByteBuffer())

    var bytes: [UInt8] { buffer.withLock { Array($0.readableBytesView) } }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func write(_ piece: ByteBuffer) {
        buffer.withLock { _ = $0.writeImmutableBuffer(piece) }
    }

    func write(contentsOf buffers: some Sequence<ByteBuffer>) {
        for buffer in buffers { write(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
