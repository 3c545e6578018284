import OpenTracing
import Testing

/// The cases of OpenTracing's own harness (`opentracing.harness.api_check`), for each of our tracers.
///
/// Two of its cases have no counterpart: a format or a carrier that the tracer does not know is one that the Swift
/// compiler does not know either.
@Suite(.serialized) struct ComplianceTests {
    private struct Refused: Error {}

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `no span is active at the start`(kind: TracerUnderTest.Kind) {
        let tracer = TracerUnderTest(kind).tracer
        #expect(tracer.activeSpan == nil)
        #expect(tracer.scopeManager.activeSpan == nil)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `starting an active span activates it, and closing restores the one before`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        let parent = test.tracer.startActiveSpan("parent")
        #expect(test.tracer.activeSpan?.context.spanIdentifier == parent.span.context.spanIdentifier)
        let child = test.tracer.startActiveSpan("child")
        #expect(test.tracer.activeSpan?.context.spanIdentifier == child.span.context.spanIdentifier)
        child.close()
        #expect(test.tracer.activeSpan?.context.spanIdentifier == parent.span.context.spanIdentifier)
        parent.close()
        #expect(test.tracer.activeSpan == nil)
        #expect(test.finishedSpan("child")?.parentIdentifier == parent.span.context.spanIdentifier)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `the active span is the parent unless it is ignored`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        test.tracer.withSpan("parent") { parent in
            test.tracer.startSpan("child").finish()
            test.tracer.startSpan("alone", ignoringActiveSpan: true).finish()
            test.tracer.startActiveSpan("active and alone", ignoringActiveSpan: true).close()
            #expect(test.finishedSpan("child")?.parentIdentifier == parent.context.spanIdentifier)
        }
        #expect(test.finishedSpan("alone")?.parentIdentifier == nil)
        #expect(test.finishedSpan("active and alone")?.parentIdentifier == nil)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `an active span takes a parent, and may go on after its scope`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        let parent = test.tracer.startSpan("parent")
        let scope = test.tracer.startActiveSpan("child", childOf: parent.context, finishOnClose: false)
        scope.close()
        #expect(test.finishedSpans.isEmpty)
        scope.span.finish()
        #expect(test.finishedSpan("child")?.parentIdentifier == parent.context.spanIdentifier)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `an error that leaves a scope is logged and thrown on`(kind: TracerUnderTest.Kind) throws {
        let test = TracerUnderTest(kind)
        #expect(throws: Refused.self) { try test.tracer.withSpan("failing") { _ in throw Refused() } }
        #expect(test.tracer.activeSpan == nil)
        let span = try #require(test.finishedSpan("failing"))
        #expect(span.tags[Tags.error] == true)
        let fields = try #require(span.logs.first?.fields)
        #expect(fields[LogFields.event] == "error")
        #expect(fields[LogFields.message] == "Refused()")
        #expect(fields[LogFields.errorKind]?.description.hasSuffix("Refused") == true)
        #expect(fields[LogFields.stack]?.description.isEmpty == false)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `a span has its tracer and its context`(kind: TracerUnderTest.Kind) {
        let tracer = TracerUnderTest(kind).tracer
        let span = tracer.startSpan("Fry")
        #expect(type(of: span.tracer) == type(of: tracer))
        #expect(!span.context.traceIdentifier.isEmpty)
        #expect(!span.context.spanIdentifier.isEmpty)
        #expect(span.context.baggage.isEmpty)
        span.finish()
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `a span starts and ends at the times that are given`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        let start = Timestamp(secondsSinceEpoch: 1_700_000_000)
        let span = test.tracer.startSpan("Fry", tags: ["x": "y"], startTime: start)
        span.finish(at: Timestamp(secondsSinceEpoch: 1_700_000_002))
        #expect(test.finishedSpan("Fry")?.startTime == start)
        #expect(test.finishedSpan("Fry")?.durationNanoseconds == 2_000_000_000)
        #expect(test.finishedSpan("Fry")?.tags["x"] == "y")
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `a span can be renamed`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        let span = test.tracer.startSpan("Fry")
        span.setOperationName("Farnsworth")
        span.finish()
        #expect(test.finishedSpans.map(\.operationName) == ["Farnsworth"])
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `finishing twice is tolerated`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        let span = test.tracer.startSpan("Fry")
        span.finish()
        span.finish(at: Timestamp(secondsSinceEpoch: 1_700_000_000))
        #expect(test.finishedSpans.count == 1)
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `tags take values of all types`(kind: TracerUnderTest.Kind) throws {
        let test = TracerUnderTest(kind)
        let span = test.tracer.startSpan("Fry")
        span.setTag("birthday", to: "9 August 1974")
        span.setTag("loves", to: "different lengths of string")
        span.setTag("unicode_val", to: "non-ascii: \u{200b}")
        span.setTag("unicode_key_\u{200b}", to: "ascii val")
        span.setTag("bool", to: false)
        span.setTag("number", to: 42)
        span.setTag("ratio", to: 0.5)
        span.setTag("empty", to: "")
        span.finish()
        let tags = try #require(test.finishedSpan("Fry")?.tags)
        #expect(tags["unicode_val"] == "non-ascii: \u{200b}")
        #expect(tags["unicode_key_\u{200b}"] == "ascii val")
        #expect(tags["bool"] == false)
        #expect(tags["number"] == 42)
        #expect(tags["ratio"] == 0.5)
        #expect(tags["empty"] == "")
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `logs keep their fields, with and without a time`(kind: TracerUnderTest.Kind) throws {
        let test = TracerUnderTest(kind)
        let span = test.tracer.startSpan("Fry")
        span.log(["frozen.year": 1999, "frozen.place": "Cryogenics Labs"])
        span.log(["defrosted.year": 2999], at: Timestamp(secondsSinceEpoch: 1_700_000_000))
        span.log(event: "awake")
        span.finish()
        let logs = try #require(test.finishedSpan("Fry")?.logs)
        try #require(logs.count == 3)
        #expect(logs[0].fields["frozen.place"] == "Cryogenics Labs")
        #expect(logs[1].time == Timestamp(secondsSinceEpoch: 1_700_000_000))
        #expect(logs[2].fields[LogFields.event] == "awake")
    }

    @Test(arguments: TracerUnderTest.Kind.allCases)
    func `references without a meaning to this tracer are tolerated`(kind: TracerUnderTest.Kind) {
        let test = TracerUnderTest(kind)
        let foreign = NoopTracer().startSpan("foreign")
        test.tracer.startSpan("Fry", references: [.childOf(foreign), .followsFrom(foreign)]).finish()
        test.tracer.startSpan("Leela", childOf: nil as (any SpanContext)?).finish()
        #expect(test.finishedSpans.allSatisfy { $0.parentIdentifier == nil })
        #expect(test.finishedSpans.count == 2)
    }
}
