#if NIOHTTP1
import NIOHTTP1
import OpenTracing

/// The headers of SwiftNIO: those of AsyncHTTPClient's requests, and of channel handlers.
///
///     var request = HTTPClientRequest(url: "http://localhost:8081/format")
///     tracer.inject(span.context, into: &request.headers, format: .httpHeaders)
extension HTTPHeaders: TextMapWriter, TextMapReader {
    /// Sets a header in place of all that have its name, in either case.
    public mutating func set(_ key: String, to value: String) { replaceOrAdd(name: key, value: value) }

    /// Calls `body` with the name and the value of each header, in their order; a name may come more than once.
    public func forEachPair(_ body: (_ key: String, _ value: String) -> Void) {
        for (name, value) in self { body(name, value) }
    }
}
#endif
