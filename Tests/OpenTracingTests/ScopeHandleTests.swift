import Foundation
import OpenTracing
import OpenTracingMock
import Synchronization
import Testing

/// Scopes that are held and closed, rather than enclosed in a closure.
@Suite struct ScopeHandleTests {
    let tracer = MockTracer()

    @Test func `a span is active from its opening to its closing, and then the one before is`() {
        let outer = tracer.startActiveSpan("outer")
        #expect(tracer.activeSpan === outer.span)
        let inner = tracer.startActiveSpan("inner")
        #expect(tracer.activeSpan === inner.span)
        inner.close()
        #expect(tracer.activeSpan === outer.span)
        outer.close()
        #expect(tracer.activeSpan == nil)
        #expect(tracer.spanTree == "outer\n  inner")
    }

    @Test func `closing twice finishes once`() {
        let scope = tracer.startActiveSpan("once")
        scope.close()
        scope.close()
        #expect(tracer.finishedSpans.count == 1)
    }

    @Test func `a span that is not to be finished goes on`() {
        let scope = tracer.startActiveSpan("long", finishOnClose: false)
        scope.close()
        #expect(tracer.finishedSpans.isEmpty)
        scope.span.finish()
        #expect(tracer.finishedSpans.count == 1)
    }

    @Test func `a scope that is closed too early leaves the newer one alone`() {
        let outer = tracer.startActiveSpan("outer")
        let inner = tracer.startActiveSpan("inner")
        outer.close()
        #expect(tracer.activeSpan === inner.span)
        inner.close()
        #expect(tracer.activeSpan == nil)
        #expect(tracer.finishedSpans.map(\.operationName) == ["outer", "inner"])
    }

    @Test func `a scope that nobody holds closes by itself`() {
        do {
            let scope = tracer.startActiveSpan("forgotten")
            #expect(tracer.activeSpan === scope.span)
        }
        #expect(tracer.activeSpan == nil)
        #expect(tracer.finishedSpans.count == 1)
    }

    @Test func `the innermost wins, whether a closure or a scope made it active`() {
        let scope = tracer.startActiveSpan("scope")
        tracer.withSpan("closure") { closure in
            #expect(tracer.activeSpan === closure)
            let inner = tracer.startActiveSpan("scope in closure")
            #expect(tracer.activeSpan === inner.span)
            tracer.withSpan("closure in that") { span in #expect(tracer.activeSpan === span) }
            #expect(tracer.activeSpan === inner.span)
            inner.close()
            #expect(tracer.activeSpan === closure)
        }
        #expect(tracer.activeSpan === scope.span)
        scope.close()
        #expect(tracer.spanTree == "scope\n  closure\n    scope in closure\n      closure in that")
    }

    @Test func `a scope stays with its task, across suspensions, and is not that of another`() async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let scope = tracer.startActiveSpan("task \(number)")
                    for _ in 0..<20 {
                        await Task.yield()
                        #expect(tracer.activeSpan === scope.span)
                    }
                    async let seen = tracer.activeSpan === scope.span
                    #expect(await !seen)
                    scope.close()
                    #expect(tracer.activeSpan == nil)
                }
            }
        }
        #expect(tracer.finishedSpans.count == 8)
    }

    @Test func `outside of tasks a scope belongs to the thread`() async {
        let seen = Mutex<[Bool]>([])
        await withCheckedContinuation { continuation in
            Thread {
                let scope = tracer.startActiveSpan("thread")
                seen.withLock { $0.append(tracer.activeSpan === scope.span) }
                scope.close()
                seen.withLock { $0.append(tracer.activeSpan == nil) }
                continuation.resume()
            }.start()
        }
        #expect(seen.withLock { $0 } == [true, true])
    }
}
