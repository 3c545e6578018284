#if HTTPTypes
import HTTPTypes
import OpenTracing

/// The headers of swift-http-types: those of Hummingbird's requests and responses, among others.
///
///     tracer.inject(span.context, into: &request.headerFields, format: .httpHeaders)
///     let context = try? tracer.extract(from: request.headers, format: .httpHeaders)
extension HTTPFields: TextMapWriter, TextMapReader {
    /// Sets a field in place of all that have its name.
    ///
    /// A name that can't be that of a field is left out; tracers write none in the format for HTTP headers.
    public mutating func set(_ key: String, to value: String) {
        guard let name = HTTPField.Name(key) else { return }
        self[name] = value
    }

    /// Calls `body` with the name and the value of each field, in their order; a name may come more than once.
    public func forEachPair(_ body: (_ key: String, _ value: String) -> Void) {
        for field in self { body(field.name.rawName, field.value) }
    }
}
#endif
