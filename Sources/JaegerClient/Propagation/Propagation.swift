import OpenTracing

/// The headers in which contexts travel from process to process.
public struct Propagation: Sendable, Hashable {
    /// A family of headers.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Jaeger's own: `uber-trace-id`, and `uberctx-…` for baggage.
        case jaeger
        /// W3C Trace Context: `traceparent` and `tracestate`.
        case w3c
    }

    /// All of these are written; read is the first that is there and can be.
    public var formats: [Format]

    /// Makes a propagation; without formats, one that writes both and prefers Jaeger's own.
    public init(_ formats: [Format] = [.jaeger, .w3c]) { self.formats = formats }

    /// How much baggage is taken from outside, so that nobody can make us carry more.
    static let baggageItemsMax = 180
    static let baggageBytesMax = 8192

    func inject(_ context: JaegerSpanContext, into carrier: inout some TextMapWriter, format: TextFormat) {
        guard context.identifiesSpan else { return }
        for family in formats {
            switch family {
            case .jaeger:
                carrier.set(UberHeaders.traceID, to: context.description)
                for (key, value) in context.baggage {
                    switch format {
                    case .textMap: carrier.set(UberHeaders.baggagePrefix + key, to: value)
                    case .httpHeaders where Self.isHeaderName(key):
                        carrier.set(UberHeaders.baggagePrefix + key, to: PercentEncoding.encode(value))
                    // There is no way to write such a key into a header.
                    case .httpHeaders: break
                    }
                }
            case .w3c:
                carrier.set(TraceParent.key, to: TraceParent.render(context))
                if let state = context.traceState { carrier.set(TraceParent.stateKey, to: state) }
            }
        }
    }

    func extract(
        from carrier: some TextMapReader,
        format: TextFormat
    ) throws(PropagationError) -> JaegerSpanContext? {
        var headers = CarriedHeaders()
        carrier.forEachPair { key, value in headers.take(key, value, format) }

        var found: JaegerSpanContext?
        var firstError: PropagationError?
        for family in formats where found == nil {
            do throws(PropagationError) {
                switch family {
                case .jaeger: if let text = headers.traceID { found = try UberTraceID.parse(text) }
                case .w3c: if let text = headers.traceParent { found = try TraceParent.parse(text) }
                }
            } catch {
                if firstError == nil { firstError = error }
            }
        }
        if var context = found {
            context.baggage = headers.baggage
            context.traceState = headers.traceState
            return context
        }
        if let firstError { throw firstError }
        if headers.baggage.isEmpty, headers.debugID == nil { return nil }
        return JaegerSpanContext(traceIDLow: 0, spanID: 0, baggage: headers.baggage, debugID: headers.debugID)
    }

    /// Whether a text can be part of a header's name (RFC 9110, "token").
    private static func isHeaderName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && !Array("\"(),/:;<=>?@[\\]{}".utf8).contains(byte)
            }
    }
}

/// What is ours among the headers of a request.
private struct CarriedHeaders {
    var traceID: String?
    var traceParent: String?
    var traceState: String?
    var debugID: String?
    var baggage: [String: String] = [:]
    private var baggageBytes = 0

    mutating func take(_ key: String, _ value: String, _ format: TextFormat) {
        switch key.lowercased() {
        // Some proxies encode the colons.
        case UberHeaders.traceID: traceID = PercentEncoding.decode(value)
        case TraceParent.key: traceParent = value
        case TraceParent.stateKey: traceState = value
        case UberHeaders.debugID: debugID = String(value.prefix(1024))
        case UberHeaders.baggage: takeBaggage(list: value)
        case let name where name.hasPrefix(UberHeaders.baggagePrefix):
            let item = String(name.dropFirst(UberHeaders.baggagePrefix.count))
            takeBaggage(item, format == .httpHeaders ? PercentEncoding.decode(value) : value)
        default: break
        }
    }

    /// `key1=value1, key2=value2`: the form that is convenient to type.
    private mutating func takeBaggage(list: String) {
        for item in list.split(separator: ",") {
            guard let equals = item.firstIndex(of: "=") else { continue }
            let key = item[..<equals].drop { $0 == " " }
            takeBaggage(String(key), String(item[item.index(after: equals)...]))
        }
    }

    private mutating func takeBaggage(_ key: String, _ value: String) {
        let size = key.utf8.count + value.utf8.count
        guard !key.isEmpty, baggage.count < Propagation.baggageItemsMax,
            baggageBytes + size <= Propagation.baggageBytesMax
        else { return }
        baggageBytes += size
        baggage[key] = value
    }
}
