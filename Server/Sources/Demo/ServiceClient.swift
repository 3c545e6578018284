import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenTracingNIOHTTP1
import Tracing

/// Asks another service over HTTP, and tells it which span is asking.
struct ServiceClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct HeaderInjector: Injector {
        func inject(_ value: String, forKey key: String, into headers: inout HTTPHeaders) {
            headers.replaceOrAdd(name: key, value: value)
        }
    }

    let settings: DemoSettings

    func get(_ service: DemoService, _ path: String, _ query: String = "") async throws -> String {
        let target = path + (query.isEmpty ? "" : "?\(query)")
        let port = settings.port(of: service)
        return try await withSpan("HTTP GET: \(path)", ofKind: .client) { span in
            span.updateAttributes { attributes in
                attributes["http.request.method"] = "GET"
                attributes["url.full"] = "http://localhost:\(port)\(target)"
                attributes["peer.service"] = service.name
            }
            var headers: HTTPHeaders = ["Host": "localhost:\(port)", "Connection": "close"]
            InstrumentationSystem.instrument.inject(span.context, into: &headers, using: HeaderInjector())
            let (status, body) = try await Self.exchange(port: port, target: target, headers: headers)
            span.attributes["http.response.status_code"] = Int(status.code)
            guard status == .ok else { throw Failure(description: "\(service.name) answers \(status): \(body)") }
            return body
        }
    }

    /// One request on a connection of its own.
    private static func exchange(
        port: Int,
        target: String,
        headers: HTTPHeaders
    ) async throws -> (HTTPResponseStatus, String) {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
            try await outbound.write(.head(head))
            try await outbound.write(.end(nil))
            var status = HTTPResponseStatus.badGateway
            var body = ""
            for try await part in inbound {
                switch part {
                case .head(let head): status = head.status
                case .body(let bytes): body += String(buffer: bytes)
                case .end: return (status, body)
                }
            }
            throw Failure(description: "the connection ended before the answer did")
        }
    }
}
