#if Tracing
import JaegerClient
import OpenTracing
import Tracing

/// The tracer behind swift-distributed-tracing: behind `withSpan`, and every library that is instrumented with it.
///
///     let tracer = JaegerConfiguration(serviceName: "shop").initializeTracer()
///     InstrumentationSystem.bootstrap(tracer)
///
///     try await withSpan("checkout", ofKind: .server) { span in
///         span.attributes["items"] = items.count
///         tracer.startSpan("pay").finish()        // OpenTracing: a child of "checkout"
///     }
extension JaegerTracer: Tracing.Tracer {
    /// Starts a span below the one that `context` has.
    ///
    /// Needs the trait `Tracing` of this package.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: Tracing.SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> TracingSpan {
        ActiveSpanInServiceContext.share()
        let context = context()
        let span = start(operationName, in: context)
        // What is not recorded does not look at the clock.
        if span.isRecording {
            span.setStart(given: Timestamp(instant()))
            if let kind = OpenTracing.SpanKind(kind) { span.kind = kind }
        }
        return TracingSpan(span, in: context)
    }

    private func start(_ name: String, in context: ServiceContext) -> JaegerSpan {
        let enclosing = context.isEmpty ? nil : context.span
        if let opened = TaskLocalScopeManager.opened(above: enclosing?.spanNumber ?? 0) as? JaegerSpan {
            return start(name, below: opened.jaegerContext, startTime: .toBeGiven)
        }
        if context.isEmpty {
            // OpenTracing's closure, entered before this face was used for the first time.
            let outer = TaskLocalScopeManager.activeBesideShared?.span as? JaegerSpan
            if let outer, ServiceContext.current == nil {
                return start(name, below: outer.jaegerContext, startTime: .toBeGiven)
            }
            return start(name, below: nil, startTime: .toBeGiven)
        }
        if context.count == 1, let enclosing {
            return start(name, below: enclosing.jaegerContext, startTime: .toBeGiven)
        }
        var parent = context.jaegerContext
        if let baggage = context.carriedBaggage, parent == nil {
            parent = JaegerSpanContext(traceIDLow: 0, spanID: 0, baggage: baggage)
        }
        return start(name, below: parent, startTime: .toBeGiven)
    }

    /// The span that `context` has, while it is recorded.
    public func activeSpan(identifiedBy context: ServiceContext) -> TracingSpan? {
        guard let span = context.span, span.isRecording else { return nil }
        return TracingSpan(span, in: context)
    }

    /// Does nothing; `await flush()` does, and can wait for the end.
    @available(*, deprecated, message: "use flush(), and close() at the end of the program")
    public func forceFlush() {}

    /// Reads the context that came with a request.
    ///
    /// A damaged one is treated like a missing one. Baggage is read from all carriers that can be read through, such as
    /// dictionaries, and the headers of swift-http-types and SwiftNIO with ``OpenTracingHTTPTypes`` and
    /// ``OpenTracingNIOHTTP1``; from others as far as the names of its headers are known.
    public func extract<Carrier, Extract>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract: Extractor, Carrier == Extract.Carrier {
        ActiveSpanInServiceContext.share()
        let found: (any SpanContext)?
        if let readable = carrier as? any TextMapReader {
            found = try? extract(from: readable, format: .httpHeaders)
        } else {
            let pairs = ExtractedPairs(names: propagation.headerNames, carrier: carrier, extractor: extractor)
            found = try? extract(from: pairs, format: .httpHeaders)
        }
        if let found = found as? JaegerSpanContext { context.jaegerContext = found }
    }

    /// Writes the context's innermost span, and its baggage, into a request.
    public func inject<Carrier, Inject>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject: Injector, Carrier == Inject.Carrier {
        guard let own = context.jaegerContext else { return }
        var pairs = InjectedPairs()
        inject(own, into: &pairs, format: .httpHeaders)
        for (key, value) in pairs.pairs { injector.inject(value, forKey: key, into: &carrier) }
    }
}

/// What is to be written into a carrier.
private struct InjectedPairs: TextMapWriter {
    var pairs: [(String, String)] = []

    mutating func set(_ key: String, to value: String) { pairs.append((key, value)) }
}

/// A carrier that can be asked for a key, but not for its keys.
private struct ExtractedPairs<Extract: Extractor>: TextMapReader {
    let names: [String]
    let carrier: Extract.Carrier
    let extractor: Extract

    func forEachPair(_ body: (_ key: String, _ value: String) -> Void) {
        for key in names {
            if let value = extractor.extract(key: key, from: carrier) { body(key, value) }
        }
    }
}

extension OpenTracing.SpanKind {
    /// The side of a call that a span is on; nil for one that is on neither.
    init?(_ kind: Tracing.SpanKind) {
        switch kind {
        case .client: self = .client
        case .server: self = .server
        case .producer: self = .producer
        case .consumer: self = .consumer
        case .internal: return nil
        }
    }
}
#endif
