import OpenTracing
import OpenTracingMock
import Testing

private struct Refused: Error, CustomStringConvertible {
    var description: String { "no room" }
}

@Suite struct ScopeTests {
    let tracer = MockTracer()

    /// The spans in the order of their start.
    private var spans: [MockSpan] {
        (tracer.finishedSpans + tracer.unfinishedSpans).sorted { $0.mockContext.spanID < $1.mockContext.spanID }
    }

    /// The span of this name, and its parent's.
    private func recorded(_ name: String) throws -> (span: MockSpan, parent: String?) {
        let span = try #require(spans.first { $0.operationName == name })
        return (span, spans.first { $0.mockContext.spanID == span.parentID }?.operationName)
    }

    @Test func `no span is active at first, and none after the scope`() throws {
        #expect(tracer.activeSpan == nil)
        tracer.withSpan("outer") { span in
            #expect(tracer.activeSpan === span)
        }
        #expect(tracer.activeSpan == nil)
        #expect(tracer.finishedSpans.count == 1)
    }

    @Test func `the earlier span is active again after an inner scope`() {
        tracer.withSpan("outer") { outer in
            tracer.withSpan("inner") { inner in
                #expect(tracer.activeSpan === inner)
            }
            #expect(tracer.activeSpan === outer)
        }
    }

    @Test func `a span in a scope is a child of the active one, unless told otherwise`() throws {
        tracer.withSpan("outer") { _ in
            _ = tracer.startSpan("child")
            _ = tracer.startSpan("alone", ignoringActiveSpan: true)
        }
        #expect(try recorded("child").parent == "outer")
        #expect(try recorded("alone").span.parentID == nil)
    }

    @Test func `spans that are started inside each other without a scope are not linked`() throws {
        let second = tracer.startSpan("second-span")
        let third = tracer.startSpan("third-span")
        third.finish()
        second.finish()
        #expect(try recorded("third-span").span.parentID == nil)
    }

    @Test func `a given parent goes before the active span`() throws {
        let first = tracer.startSpan("first")
        tracer.withSpan("active") { _ in
            _ = tracer.startSpan("child", childOf: first)
            _ = tracer.startSpan("follower", references: [.followsFrom(first)])
        }
        #expect(try recorded("child").parent == "first")
        #expect(try recorded("follower").parent == "first")
    }

    @Test func `the first child-of reference is the parent, wherever it stands`() throws {
        let cause = tracer.startSpan("cause")
        let parent = tracer.startSpan("parent")
        let other = tracer.startSpan("other")
        _ = tracer.startSpan("child", references: [.followsFrom(cause), .childOf(parent), .childOf(other)])
        #expect(try recorded("child").parent == "parent")
        #expect(try recorded("child").span.references.map(\.kind) == [.followsFrom, .childOf, .childOf])
    }

    @Test func `child tasks inherit the active span`() async throws {
        await tracer.withSpan("outer") { _ in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = tracer.startSpan("child") } }
            }
        }
        let outer = try recorded("outer").span.mockContext.spanID
        #expect(spans.dropFirst().map(\.parentID) == Array(repeating: outer, count: 10))
    }

    @Test func `an error that leaves a scope is recorded, and the span finished`() async throws {
        #expect(throws: Refused.self) {
            try tracer.withSpan("failing") { _ in throw Refused() }
        }
        await #expect(throws: Refused.self) {
            try await tracer.withSpan("failing later") { _ in
                await Task.yield()
                throw Refused()
            }
        }
        for name in ["failing", "failing later"] {
            let span = try recorded(name).span
            #expect(span.isFinished)
            #expect(span.tags[Tags.error] == true)
            let log = try #require(span.logs.first?.fields)
            #expect(log[LogFields.event] == "error")
            #expect(log[LogFields.message] == "no room")
            #expect(log[LogFields.errorKind]?.description.contains("Refused") == true)
            let stack = try #require(log[LogFields.stack]?.description)
            #expect(stack.contains("OpenTracingTests/ScopeTests.swift:"))
        }
    }

    @Test func `an activated span goes on after its scope unless it is to be finished`() throws {
        let span = tracer.startSpan("long")
        tracer.withActiveSpan(span) { #expect(tracer.activeSpan === span) }
        #expect(try !recorded("long").span.isFinished)
        tracer.withActiveSpan(span, finishOnClose: true) {}
        #expect(try recorded("long").span.isFinished)
    }

    @Test func `a scope gives back what its body returns`() async {
        #expect(tracer.withSpan("now") { _ in 42 } == 42)
        #expect(await tracer.withSpan("later") { _ in await Task { 43 }.value } == 43)
    }

    @Test @MainActor func `an asynchronous scope stays on the actor of its caller`() async {
        var count = 0
        await tracer.withSpan("on the main actor") { _ in
            await Task.yield()
            count += 1
        }
        #expect(count == 1)
    }
}
