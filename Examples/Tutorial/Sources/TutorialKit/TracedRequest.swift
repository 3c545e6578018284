import Foundation
import OpenTracing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension URLRequest: @retroactive TextMapWriter {
    /// Sets a header: all that a carrier of contexts has to be able to do.
    public mutating func set(_ key: String, to value: String) { setValue(value, forHTTPHeaderField: key) }
}

/// The answer of another service was not what it should be.
public struct HTTPFailure: Error, CustomStringConvertible {
    /// What was asked for and what came.
    public let description: String
}

/// Asks one of the tutorial's services.
public func httpGet(port: UInt16, path: String, _ parameter: String, _ value: String) async throws -> String {
    var components = URLComponents()
    components.scheme = "http"
    components.host = "localhost"
    components.port = Int(port)
    components.path = "/\(path)"
    components.percentEncodedQuery = Query.of(parameter, value)
    guard let url = components.url else { throw HTTPFailure(description: "no URL: \(components)") }
    return try await httpGet(url)
}

/// Asks another service, and tells it which span is asking: the active one.
public func httpGet(_ url: URL) async throws -> String {
    var request = URLRequest(url: url, timeoutInterval: 30)

    let tracer = GlobalTracer.current
    if let span = tracer.activeSpan {
        span.setTag(Tags.httpMethod, to: "GET")
        span.setTag(Tags.httpURL, to: url.absoluteString)
        span.setTag(Tags.spanKind, to: SpanKind.client)
        tracer.inject(span.context, into: &request, format: .httpHeaders)
    }

    let (data, response) = try await URLSession.shared.data(for: request)
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    guard status == 200 else { throw HTTPFailure(description: "GET \(url.absoluteString): status \(status)") }
    return String(decoding: data, as: UTF8.self)
}
