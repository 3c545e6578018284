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
    /// What can be told of the sampler's decisions without asking it.
    let rule: SamplingRule
    let clock: any TracerClock
    let limits: SpanLimits
    let baggageRestrictions: any BaggageRestrictions
    let throttler: (any DebugThrottler)?
    let metrics: (any TracerMetrics)?
    /// Whether there are metrics: looked at for every span, where taking a copy of them to see it takes longer than all
    /// the rest.
    let countsSpans: Bool
    let partialSpans: PartialSpans?
    private let clockDistance = ClockDistance()
    let ids: IDGenerator
    package let propagation: Propagation
    let usesWideTraceIDs: Bool

    /// Makes a tracer from its parts.
    ///
    /// - Parameters:
    ///   - serviceName: The name under which the spans of this process appear.
    ///   - sampler: Decides which traces are recorded.
    ///   - reporter: Takes the finished spans.
    ///   - propagation: The headers in which contexts travel.
    ///   - limits: How much a span may carry.
    ///   - baggageRestrictions: Which baggage may be set.
    ///   - throttler: Says whether a trace may be forced; without one, always.
    ///   - metrics: Where the tracer counts what it does.
    ///   - partialSpans: When to report spans that go on; nil to report them when they have finished.
    ///   - usesWideTraceIDs: Whether new traces get identifiers of 128 bits rather than 64.
    ///   - ids: Where identifiers come from.
    ///   - clock: Where the time comes from.
    public init(
        serviceName: String,
        sampler: any Sampler,
        reporter: any Reporter,
        propagation: Propagation = Propagation(),
        limits: SpanLimits = SpanLimits(),
        baggageRestrictions: any BaggageRestrictions = DefaultBaggageRestrictions(),
        throttler: (any DebugThrottler)? = nil,
        metrics: (any TracerMetrics)? = nil,
        partialSpans: PartialSpans.Settings? = nil,
        usesWideTraceIDs: Bool = false,
        ids: IDGenerator = IDGenerator(),
        clock: any TracerClock = SystemClock()
    ) {
        self.serviceName = serviceName
        self.sampler = sampler
        rule = SamplingRule(sampler)
        self.reporter = reporter
        self.propagation = propagation
        self.limits = limits
        self.baggageRestrictions = baggageRestrictions
        self.throttler = throttler
        self.metrics = metrics
        countsSpans = metrics != nil
        self.partialSpans = partialSpans.map { PartialSpans($0, clock: clock) { reporter.report($0) } }
        self.usesWideTraceIDs = usesWideTraceIDs
        self.ids = ids
        self.clock = clock
    }

    /// The tracer of spans that stand alone: it records nothing.
    static let detached = JaegerTracer(serviceName: "", sampler: ConstSampler(false), reporter: CompositeReporter([]))

    /// The time of day, in nanoseconds since 1970, at a moment of the monotonic clock that was just read.
    func timeOfDay(at monotonic: Int64) -> Int64 { clockDistance.timeOfDay(at: monotonic, clock) }

    /// The moment of the monotonic clock at a time that is about now; nil for a time that was remembered or made up.
    func monotonic(at time: Timestamp) -> Int64? {
        clockDistance.monotonic(at: time.nanosecondsSinceEpoch, clock)
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
        do {
            return try propagation.extract(from: carrier, format: format)
        } catch {
            metrics?.add(1, to: .contextDecodingErrors)
            throw error
        }
    }

    /// Reads a context in Jaeger's binary form.
    ///
    /// - Throws: When the bytes are not a context.
    public func extract(from carrier: [UInt8]) throws(PropagationError) -> (any SpanContext)? {
        if carrier.isEmpty { return nil }
        do {
            return try BinaryContext.read(carrier)
        } catch {
            metrics?.add(1, to: .contextDecodingErrors)
            throw error
        }
    }

    /// Sends what has been finished so far.
    public func flush() async { await reporter.flush() }

    /// Sends what has been finished, then stops; spans that finish later are lost.
    public func close() async {
        sampler.close()
        partialSpans?.stop()
        baggageRestrictions.close()
        throttler?.close()
        await reporter.close()
    }

    /// Whether a trace may be recorded because somebody asks for it.
    func allowsDebug(operationName: String) -> Bool {
        guard let throttler, !throttler.allowsDebug(operationName: operationName) else { return true }
        metrics?.add(1, to: .debugSpansThrottled)
        return false
    }
}

extension JaegerTracer: CustomStringConvertible {
    /// The kind of tracer and whose spans it makes.
    public var description: String { "JaegerTracer(\(serviceName))" }
}
