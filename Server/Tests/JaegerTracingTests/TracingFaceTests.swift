import JaegerClient
import JaegerTracing
import OpenTracing
import Testing
import Tracing

/// The tracer behind swift-distributed-tracing: what its spans become.
@Suite struct TracingFaceTests {
    private struct Refused: Error {}

    let traced = Traced()

    @Test func `the tracer is bootstrapped as it is, and stands behind the free functions`() async {
        await #expect(processExitsWith: .success) {
            let traced = Traced()
            InstrumentationSystem.bootstrap(traced.tracer)
            withSpan("outer") { _ in withSpan("inner") { _ in } }
            let inner = traced.spans.first
            let outer = traced.spans.last
            #expect(inner?.operationName == "inner")
            #expect(inner?.context.parentID == outer?.context.spanID)
            #expect(outer?.context.parentID == 0)
        }
    }

    @Test func `spans in closures are children of the one around them, in child tasks too`() async throws {
        await withTracer(traced.tracer) {
            await withSpan("outer") { _ in
                await withSpan("inner") { _ in
                    await Task.yield()
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<4 { group.addTask { withSpan("task") { _ in } } }
                    }
                }
            }
        }
        #expect(try traced.parent(of: "inner") == "outer")
        let inner = try traced.finished("inner").context.spanID
        let tasks = traced.spans.filter { $0.operationName == "task" }
        #expect(tasks.map(\.context.parentID) == [inner, inner, inner, inner])
    }

    @Test func `a context without a span begins a new trace, whatever is active`() throws {
        withTracer(traced.tracer) {
            withSpan("outer") { _ in
                withSpan("alone", context: .topLevel) { _ in }
                traced.tracer.withSpan("middle") { _ in withSpan("alone too", context: .topLevel) { _ in } }
            }
        }
        #expect(try traced.parent(of: "alone") == nil)
        #expect(try traced.parent(of: "alone too") == nil)
        #expect(try traced.parent(of: "middle") == "outer")
    }

    @Test func `attributes become tags of the same type, and can be read back`() throws {
        struct Colour: CustomStringConvertible { var description: String { "red" } }
        let span = traced.start("attributes")
        span.attributes["text"] = "GET"
        span.attributes["number"] = 200
        span.attributes["small"] = Int32(7)
        span.attributes["ratio"] = 0.5
        span.attributes["truth"] = true
        span.attributes["list"] = ["a", "b"]
        span.attributes.set("numbers", value: .int64Array([1, 2]))
        span.attributes.set("own", value: .stringConvertible(Colour()))
        span.attributes["number"] = 404
        #expect(span.attributes.get("number") == .int64(404))
        #expect(span.attributes.get("list") == .stringArray(["a", "b"]))
        span.updateAttributes { attributes in
            #expect(attributes.get("text") == .string("GET"))
            attributes["late"] = "yes"
        }
        span.end()
        span.attributes["after"] = "the end"
        let tags = try traced.finished("attributes").tags
        #expect(tags["text"] == "GET")
        #expect(tags["number"] == 404)
        #expect(tags["small"] == 7)
        #expect(tags["ratio"] == 0.5)
        #expect(tags["truth"] == true)
        #expect(tags["list"] == .array(["a", "b"]))
        #expect(tags["numbers"] == .array([1, 2]))
        #expect(tags["own"] == "red")
        #expect(tags["late"] == "yes")
        #expect(tags["after"] == nil)
        #expect(tags.count == 11, "with those of the sampler: \(tags)")
    }

    @Test func `attributes and tags of one key follow each other, whichever face set them`() throws {
        let span = traced.start("both")
        span.attributes["k"] = "attribute"
        span.jaegerSpan.setTag("k", to: "tag")
        #expect(span.attributes.get("k") == .string("tag"))
        span.attributes["k"] = "attribute again"
        span.end()
        #expect(try traced.finished("both").tags["k"] == "attribute again")
    }

    @Test func `events, links and the status keep what they say`() throws {
        let other = traced.start("other")
        let span = traced.start("span", ofKind: .consumer)
        span.addEvent(
            SpanEvent(
                name: "retry",
                at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_001),
                attributes: ["attempt": 2]
            )
        )
        span.addLink(SpanLink(context: other.context, attributes: ["why": "batch"]))
        span.addLink(SpanLink(context: .topLevel, attributes: [:]))
        span.setStatus(SpanStatus(code: .error, message: "no stock"))
        span.operationName = "renamed"
        #expect(span.operationName == "renamed")
        span.end()
        let finished = try traced.finished("renamed")
        #expect(finished.kind == .consumer)
        #expect(finished.status.code == .error)
        #expect(finished.status.message == "no stock")
        let log = try #require(finished.logs.first)
        #expect(log.time.nanosecondsSinceEpoch == 1_700_000_000_000_000_001)
        #expect(log.fields == ["event": "retry", "attempt": 2])
        #expect(finished.links.map(\.spanID) == [other.jaegerSpan.jaegerContext.spanID])
        #expect(finished.links.first?.attributes == ["why": "batch"])
    }

    @Test func `an error that leaves a closure is logged, and the span has failed`() throws {
        withTracer(traced.tracer) {
            _ = try? withSpan("failing") { _ in throw Refused() }
        }
        let span = try traced.finished("failing")
        #expect(span.status.code == .error)
        let log = try #require(span.logs.first)
        #expect(log.fields[LogFields.event] == "error")
        #expect(log.fields[LogFields.errorKind]?.description.hasSuffix("Refused") == true)
        #expect(log.fields[LogFields.message] == "Refused()")
    }

    @Test func `given times are kept, and those that are now are measured`() throws {
        let start = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_000)
        let end = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_002_000_000_000)
        traced.tracer.startAnySpan("past", at: start).end(at: end)
        let past = try traced.finished("past")
        #expect(past.startTime.nanosecondsSinceEpoch == 1_700_000_000_000_000_000)
        #expect(past.durationNanoseconds == 2_000_000_000)

        let before = Timestamp.now.nanosecondsSinceEpoch
        traced.start("now").end()
        let now = try traced.finished("now")
        #expect(now.startTime.nanosecondsSinceEpoch > before - 1_000_000_000)
        #expect((0..<60_000_000_000).contains(now.durationNanoseconds))
    }

    @Test func `a span that is not recorded says so, and carries its trace on`() throws {
        let traced = Traced(sampler: ConstSampler(false))
        let span = traced.start("dropped")
        #expect(!span.isRecording)
        span.attributes["k"] = "v"
        #expect(span.attributes.isEmpty)
        let child = traced.tracer.startAnySpan("child", context: span.context)
        #expect(child.context.jaegerContext?.traceIDLow == span.context.jaegerContext?.traceIDLow)
        child.end()
        span.end()
        #expect(traced.spans.isEmpty)
    }

    @Test func `the active span of a context is found while it is recorded`() {
        let span = traced.start("span")
        let found = traced.tracer.activeSpan(identifiedBy: span.context)
        #expect(found?.jaegerSpan === span.jaegerSpan)
        #expect(traced.tracer.activeSpan(identifiedBy: .topLevel) == nil)
        span.end()
        #expect(traced.tracer.activeSpan(identifiedBy: span.context) == nil)
    }

    @Test func `many tasks may set attributes of one span while it ends`() async throws {
        let span = traced.start("shared")
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for step in 0..<10 {
                        span.attributes["\(task)-\(step)"] = step
                        span.jaegerSpan.setTag("tag \(task)-\(step)", to: step)
                    }
                }
            }
        }
        span.end()
        // Of 160 tags a span keeps 128, whichever face they came through.
        #expect(try traced.finished("shared").tags.count >= 128)
    }
}
