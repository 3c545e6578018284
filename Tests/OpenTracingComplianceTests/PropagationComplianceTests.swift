import OpenTracing
import Testing

/// The harness's cases about baggage, and about contexts that travel.
@Suite struct PropagationComplianceTests {
    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `baggage is read where it was set, and below`(kind: TracerUnderTest.Kind) {
        let tracer = TracerUnderTest(kind).tracer
        let span = tracer.startSpan("Fry")
        #expect(span.baggageItem("Kiff-loves") == nil)
        span.setBaggageItem("Kiff-loves", to: "Amy")
        #expect(span.baggageItem("Kiff-loves") == "Amy")
        #expect(span.context.baggage == ["Kiff-loves": "Amy"])
        let child = tracer.startSpan("child", childOf: span)
        #expect(child.baggageItem("Kiff-loves") == "Amy")
        child.setBaggageItem("Kiff-loves", to: "nobody")
        #expect(span.baggageItem("Kiff-loves") == "Amy")
        child.finish()
        span.finish()
    }

    @Test(arguments: TracerUnderTest.Kind.allCases, [TextFormat.textMap, .httpHeaders])
    func `a context goes through text and comes back`(kind: TracerUnderTest.Kind, format: TextFormat) throws {
        let test = TracerUnderTest(kind)
        let span = test.tracer.startSpan("Bender")
        span.setBaggageItem("fry", to: "leela")
        var carrier = ["already": "there"]
        test.tracer.inject(span.context, into: &carrier, format: format)
        #expect(carrier["already"] == "there")
        #expect(carrier.count > 2)
        let context = try #require(try test.tracer.extract(from: carrier, format: format))
        #expect(context.traceIdentifier == span.context.traceIdentifier)
        #expect(context.spanIdentifier == span.context.spanIdentifier)
        #expect(context.baggage == ["fry": "leela"])
        test.tracer.startSpan("continued", childOf: context).finish()
        #expect(test.finishedSpan("continued")?.parentIdentifier == span.context.spanIdentifier)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `a context is appended to bytes and comes back`(kind: TracerUnderTest.Kind) throws {
        let tracer = TracerUnderTest(kind).tracer
        let span = tracer.startSpan("Bender")
        span.setBaggageItem("fry", to: "leela")
        var carrier: [UInt8] = [1, 2]
        tracer.inject(span.context, into: &carrier)
        #expect(carrier.prefix(2) == [1, 2])
        let context = try #require(try tracer.extract(from: Array(carrier.dropFirst(2))))
        #expect(context.traceIdentifier == span.context.traceIdentifier)
        #expect(context.spanIdentifier == span.context.spanIdentifier)
        #expect(context.baggage == ["fry": "leela"])
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `nothing is read where nothing was written`(kind: TracerUnderTest.Kind) throws {
        let tracer = TracerUnderTest(kind).tracer
        #expect(try tracer.extract(from: [:], format: .textMap) == nil)
        #expect(try tracer.extract(from: ["host": "localhost"], format: .httpHeaders) == nil)
        #expect(try tracer.extract(from: [UInt8]()) == nil)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `bytes that are no context are an error that says so`(kind: TracerUnderTest.Kind) {
        let tracer = TracerUnderTest(kind).tracer
        let error = #expect(throws: PropagationError.self) { try tracer.extract(from: [1, 2, 3]) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `keys in HTTP headers are read in either case`(kind: TracerUnderTest.Kind) throws {
        let tracer = TracerUnderTest(kind).tracer
        let span = tracer.startSpan("Bender")
        var carrier: [String: String] = [:]
        tracer.inject(span.context, into: &carrier, format: .httpHeaders)
        let upper = Dictionary(uniqueKeysWithValues: carrier.map { ($0.key.uppercased(), $0.value) })
        let context = try tracer.extract(from: upper, format: .httpHeaders)
        #expect(context?.spanIdentifier == span.context.spanIdentifier)
    }
}
