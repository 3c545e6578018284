import OpenTracing

/// The headers in which contexts travel from process to process.
///
///     Propagation()                                   // reads all there are, writes Jaeger's own and W3C's
///     Propagation([.b3])                              // reads and writes B3 in several headers
///     Propagation(reading: [.w3c, .jaeger], writing: [.w3c])
public struct Propagation: Sendable, Hashable {
    /// A family of headers.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Jaeger's own: `uber-trace-id`, and `uberctx-…` for baggage.
        case jaeger
        /// W3C Trace Context and Baggage: `traceparent`, `tracestate` and `baggage`.
        case w3c
        /// Zipkin's B3 in several headers: `X-B3-TraceId`, `X-B3-SpanId` and so on, and `baggage-…` for baggage.
        case b3
        /// Zipkin's B3 in one header: `b3`.
        case b3Single = "b3single"
    }

    /// Of these the first is taken that is there and can be read.
    public var reading: [Format]
    /// All of these are written.
    public var writing: [Format]

    /// Makes a propagation that reads all formats, Jaeger's own first, and writes that and W3C's.
    public init() { self.init(reading: Format.allCases, writing: [.jaeger, .w3c]) }

    /// Makes a propagation that reads and writes these formats.
    public init(_ formats: [Format]) { self.init(reading: formats, writing: formats) }

    /// Makes a propagation that reads some formats and writes others.
    public init(reading: [Format], writing: [Format]) {
        self.reading = reading
        self.writing = writing
    }

    /// How much baggage is taken from outside, so that nobody can make us carry more.
    static let baggageItemsMax = 180
    static let baggageBytesMax = 8192

    /// The names of all headers that are read but those that begin with a prefix; in lower case.
    ///
    /// For carriers that can only be asked for a name.
    package var headerNames: [String] {
        var names = [UberHeaders.debugID, UberHeaders.baggage]
        for format in reading {
            switch format {
            case .jaeger: names.append(UberHeaders.traceID)
            case .w3c: names += [TraceParent.key, TraceState.key, BaggageHeader.key]
            case .b3: names += B3Headers.multi
            case .b3Single: names.append(B3Headers.single)
            }
        }
        return names
    }

    func inject(_ context: JaegerSpanContext, into carrier: inout some TextMapWriter, format: TextFormat) {
        for family in writing {
            if context.identifiesSpan { injectIdentifiers(context, family, into: &carrier) }
            if let items = context.items, !items.baggage.isEmpty {
                injectBaggage(items.baggage, family, into: &carrier, format)
            }
        }
    }

    private func injectIdentifiers(
        _ context: JaegerSpanContext,
        _ family: Format,
        into carrier: inout some TextMapWriter
    ) {
        switch family {
        case .jaeger: carrier.set(UberHeaders.traceID, to: UberTraceID.render(context))
        case .w3c:
            carrier.set(TraceParent.key, to: TraceParent.render(context))
            if let state = context.traceState { carrier.set(TraceState.key, to: state) }
        case .b3: B3Headers.inject(context, into: &carrier)
        case .b3Single: carrier.set(B3Headers.single, to: B3Headers.renderSingle(context))
        }
    }

    private func injectBaggage(
        _ baggage: [String: String],
        _ family: Format,
        into carrier: inout some TextMapWriter,
        _ format: TextFormat
    ) {
        if family == .w3c {
            if let list = BaggageHeader.render(baggage) { carrier.set(BaggageHeader.key, to: list) }
            return
        }
        // B3 in one header has no baggage of its own; Jaeger's clients send it beside either form.
        let prefix = family == .jaeger ? UberHeaders.baggagePrefix : B3Headers.baggagePrefix
        for (key, value) in baggage {
            switch format {
            case .textMap: carrier.set(prefix + key, to: value)
            case .httpHeaders where HeaderText.isToken(key):
                carrier.set(prefix + key, to: PercentEncoding.encode(value))
            // There is no way to write such a key into a header.
            case .httpHeaders: break
            }
        }
    }

    func extract(
        from carrier: some TextMapReader,
        format: TextFormat
    ) throws(PropagationError) -> JaegerSpanContext? {
        var headers = CarriedHeaders()
        carrier.forEachPair { key, value in headers.take(key, value, format) }
        if headers.isEmpty { return nil }

        var found: JaegerSpanContext?
        var firstError: PropagationError?
        for family in reading where found == nil {
            do throws(PropagationError) {
                found = try headers.context(family)
            } catch {
                if firstError == nil { firstError = error }
            }
        }
        if found == nil, let firstError { throw firstError }
        return headers.complete(found, readsW3C: reading.contains(.w3c))
    }
}
