import OpenTracing
import OpenTracingMock
import OpenTracingTesting
import Testing

@Suite struct ExpectationTests {
    let tracer = MockTracer()

    private struct Refused: Error {}

    private func trace() {
        tracer.withSpan("handle", tags: ["http.method": "GET"]) { _ in
            try? tracer.withSpan("query", tags: ["db.type": "sql", "rows": 3]) { _ in throw Refused() }
        }
    }

    @Test func `a span that is there is given back`() {
        trace()
        let query = tracer.expectSpan("query", tags: ["db.type": "sql"], childOf: "handle", hasFailed: true)
        #expect(query?.tags["rows"] == 3)
        tracer.expectSpan("handle", hasFailed: false)
        tracer.expectAllSpansFinished()
    }

    @Test func `an issue says what was expected and what there is`() {
        trace()
        withKnownIssue {
            tracer.expectSpan("query", tags: ["db.type": "redis"], childOf: "handle", hasFailed: false)
        } matching: { issue in
            let comment = issue.comments.first?.rawValue ?? ""
            return comment.contains("'query' with db.type=redis below 'handle' that did not fail")
                && comment.contains("handle [http.method=GET]")
        }
        withKnownIssue {
            MockTracer().expectSpan("anything")
        } matching: { issue in
            issue.comments.first?.rawValue.contains("No span has finished") == true
        }
    }

    @Test func `a parent that does not fit and a span that goes on are issues`() {
        trace()
        let open = tracer.startSpan("open")
        withKnownIssue { tracer.expectSpan("query", childOf: "query") }
        withKnownIssue {
            tracer.expectAllSpansFinished()
        } matching: { issue in
            issue.comments.first?.rawValue.contains("'open'") == true
        }
        open.finish()
        tracer.expectAllSpansFinished()
        #expect(tracer.unfinishedSpans.isEmpty)
    }
}
