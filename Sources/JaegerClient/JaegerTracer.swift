import Logging
import OpenTracing

/// A tracer whose spans go to Jaeger, or to anything that speaks its protocols.
///
/// Made by a ``JaegerConfiguration``, or from its parts where a program brings its own sampler or reporter.
public final class JaegerTracer: Tracer {
    /// The name under which the spans of this process appear.
    public let serviceName: String
    /// Decides which traces are recorded.
    public let sampler: any Sampler
    /// Takes the finished spans.
    public let reporter: any Reporter
    let clock: any TracerClock
    private let ids: IDGenerator
    private let propagation: Propagation
    private let usesWideTraceIDs: Bool

    /// Makes a tracer from its parts.
    ///
    /// - Parameters:
    ///   - serviceName: The name under which the spans of this process appear.
    ///   - sampler: Decides which traces are recorded.
    ///   - reporter: Takes the finished spans.
    ///   - propagation: The headers in which contexts travel.
    ///   - usesWideTraceIDs: Whether new traces get identifiers of 128 bits rather than 64.
    ///   - ids: Where identifiers come from.
    ///   - clock: Where the time comes from.
    public init(
        serviceName: String,
        sampler: any Sampler,
        reporter: any Reporter,
        propagation: Propagation = Propagation(),
        usesWideTraceIDs: Bool = false,
        ids: IDGenerator = IDGenerator(),
        clock: any TracerClock = SystemClock()
    ) {
        self.serviceName = serviceName
        self.sampler = sampler
        self.reporter = reporter
        self.propagation = propagation
        self.usesWideTraceIDs = usesWideTraceIDs
        self.ids = ids
        self.clock = clock
    }

    /// Starts a span; see ``OpenTracing/Tracer/startSpan(_:options:)``.
    public func startSpan(_ operationName: String, options: SpanOptions) -> any Span {
        // A context of another tracer identifies nothing that this one knows.
        let parent = parent(for: options) as? JaegerSpanContext
        if let parent, parent.identifiesSpan {
            return startChild(operationName, of: parent, options)
        }
        return startRoot(operationName, from: parent, options)
    }

    private func startChild(_ name: String, of parent: JaegerSpanContext, _ options: SpanOptions) -> JaegerSpan {
        var context = parent
        context.spanID = ids.next()
        context.parentID = parent.spanID
        context.debugID = nil
        if let priority = options.tags[Tags.samplingPriority] { context.flags.setPriority(priority) }
        return JaegerSpan(
            tracer: self,
            context: context,
            operationName: name,
            links: Self.links(options.references, parent: parent),
            startTime: options.startTime,
            tags: context.isSampled ? options.tags : [:]
        )
    }

    private func startRoot(_ name: String, from carried: JaegerSpanContext?, _ options: SpanOptions) -> JaegerSpan {
        var context = JaegerSpanContext(
            traceIDHigh: usesWideTraceIDs ? ids.next() : 0,
            traceIDLow: ids.next(),
            spanID: ids.next(),
            baggage: carried?.baggage ?? [:]
        )
        var tags: TagList = [:]
        if let debugID = carried?.debugID {
            context.flags = [.sampled, .debug]
            tags.append(Tag(UberHeaders.debugID, .string(debugID)))
        } else {
            let decision = sampler.sample(traceIDLow: context.traceIDLow, operationName: name)
            if decision.isSampled {
                context.flags = [.sampled]
                tags = decision.tags
            }
        }
        if let priority = options.tags[Tags.samplingPriority] { context.flags.setPriority(priority) }
        for tag in options.tags { tags[tag.key] = tag.value }
        return JaegerSpan(
            tracer: self,
            context: context,
            operationName: name,
            links: Self.links(options.references, parent: nil),
            startTime: options.startTime,
            tags: context.isSampled ? tags : [:]
        )
    }

    /// What is sent besides the parent's identifier: nothing when a single reference says the same.
    private static func links(_ references: [Reference], parent: JaegerSpanContext?) -> [FinishedSpan.Link] {
        if references.isEmpty { return [] }
        let links: [FinishedSpan.Link] = references.compactMap { reference in
            guard let context = reference.context as? JaegerSpanContext, context.identifiesSpan else { return nil }
            return FinishedSpan.Link(
                kind: reference.kind,
                traceIDHigh: context.traceIDHigh,
                traceIDLow: context.traceIDLow,
                spanID: context.spanID
            )
        }
        if links.count == 1, links[0].kind == .childOf, links[0].spanID == parent?.spanID { return [] }
        return links
    }

    /// Writes a span's context into headers or another map of texts.
    public func inject(_ context: any SpanContext, into carrier: inout some TextMapWriter, format: TextFormat) {
        guard let context = context as? JaegerSpanContext else { return }
        propagation.inject(context, into: &carrier, format: format)
    }

    /// Appends a span's context in Jaeger's binary form.
    public func inject(_ context: any SpanContext, into carrier: inout [UInt8]) {
        guard let context = context as? JaegerSpanContext else { return }
        BinaryContext.append(context, to: &carrier)
    }

    /// Reads the context that came with headers or another map of texts.
    ///
    /// - Throws: When there is a context that can't be read.
    public func extract(
        from carrier: some TextMapReader,
        format: TextFormat
    ) throws(PropagationError) -> (any SpanContext)? {
        try propagation.extract(from: carrier, format: format)
    }

    /// Reads a context in Jaeger's binary form.
    ///
    /// - Throws: When the bytes are not a context.
    public func extract(from carrier: [UInt8]) throws(PropagationError) -> (any SpanContext)? {
        carrier.isEmpty ? nil : try BinaryContext.read(carrier)
    }

    /// Sends what has been finished so far.
    public func flush() async { await reporter.flush() }

    /// Sends what has been finished, then stops; spans that finish later are lost.
    public func close() async { await reporter.close() }
}

extension JaegerTracer: CustomStringConvertible {
    /// The kind of tracer and whose spans it makes.
    public var description: String { "JaegerTracer(\(serviceName))" }
}
