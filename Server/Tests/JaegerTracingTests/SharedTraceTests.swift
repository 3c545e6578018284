import JaegerClient
import JaegerTracing
import OpenTracing
import OpenTracingMock
import Testing
import Tracing

/// Spans of both faces in one trace: each is a child of the innermost around it, whichever face that one has.
@Suite struct SharedTraceTests {
    let traced = Traced()
    private var tracer: JaegerTracer { traced.tracer }

    @Test func `closures of the two faces may stand in each other in any order`() throws {
        withTracer(tracer) {
            tracer.withSpan("a") { _ in
                withSpan("b") { _ in
                    tracer.withSpan("c") { _ in
                        withSpan("d") { _ in tracer.startSpan("e").finish() }
                        tracer.startSpan("f").finish()
                    }
                    startSpan("g").end()
                }
                tracer.startSpan("h").finish()
            }
        }
        let expected = ["b": "a", "c": "b", "d": "c", "e": "d", "f": "c", "g": "b", "h": "a"]
        for (child, parent) in expected { #expect(try traced.parent(of: child) == parent) }
        #expect(Set(traced.spans.map(\.context.traceIDLow)).count == 1)
    }

    @Test func `the same holds for asynchronous closures and their child tasks`() async throws {
        await withTracer(tracer) {
            await withSpan("request") { _ in
                await tracer.withSpan("load") { _ in
                    await Task.yield()
                    async let first: Void = withSpan("query") { _ in }
                    async let second: Void = tracer.withSpan("cache") { _ in }
                    _ = await (first, second)
                }
            }
        }
        #expect(try traced.parent(of: "load") == "request")
        #expect(try traced.parent(of: "query") == "load")
        #expect(try traced.parent(of: "cache") == "load")
    }

    @Test func `OpenTracing's active span is the one of swift-distributed-tracing`() throws {
        withTracer(tracer) {
            withSpan("outer") { span in
                let active = tracer.activeSpan as? JaegerSpan
                #expect(active != nil)
                #expect(active === (span as? TracingSpan)?.jaegerSpan)
                tracer.activeSpan?.setTag("from", to: "the other face")
            }
            #expect(tracer.activeSpan == nil)
        }
        #expect(try traced.finished("outer").tags["from"] == "the other face")
    }

    @Test func `a scope that is held is the innermost for both faces until it is closed`() throws {
        withTracer(tracer) {
            withSpan("closure") { _ in
                let scope = tracer.startActiveSpan("scope")
                withSpan("below the scope") { _ in tracer.startSpan("below that").finish() }
                scope.close()
                withSpan("below the closure") { _ in }
            }
        }
        #expect(try traced.parent(of: "scope") == "closure")
        #expect(try traced.parent(of: "below the scope") == "scope")
        #expect(try traced.parent(of: "below that") == "below the scope")
        #expect(try traced.parent(of: "below the closure") == "closure")
    }

    @Test func `values that others put into the context stay there`() {
        enum UserKey: ServiceContextKey {
            typealias Value = String
        }
        var context = ServiceContext.topLevel
        context[UserKey.self] = "seven"
        ServiceContext.$current.withValue(context) {
            withTracer(tracer) {
                withSpan("tracing") { _ in
                    tracer.withSpan("opentracing") { _ in
                        #expect(ServiceContext.current?[UserKey.self] == "seven")
                    }
                }
            }
        }
        #expect(traced.spans.count == 2)
    }

    @Test func `a span of another tracer may be active in between, and is no parent`() throws {
        let mock = MockTracer()
        withTracer(tracer) {
            withSpan("outer") { _ in
                mock.withSpan("mock") { span in
                    #expect(mock.activeSpan === span)
                    mock.startSpan("mock child").finish()
                }
                withSpan("inner") { _ in }
            }
        }
        #expect(mock.spanTree == "mock\n  mock child")
        #expect(try traced.parent(of: "inner") == "outer")
    }
}
