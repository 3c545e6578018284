import OpenTracing
import OpenTracingMock
import OpenTracingTesting
import Testing

func handle(_ order: Int, tracer: any Tracer) {
    tracer.withSpan("handle", tags: ["order": .int(Int64(order))]) { _ in
        tracer.withSpan("query") { span in span.setTag(Tags.databaseType, to: "sql") }
    }
}

/// The code of the article `Testing`.
@Suite struct HandlerTests {
    @Test func `an order is looked up in the database`() {
        let tracer = MockTracer()
        handle(7, tracer: tracer)

        tracer.expectSpan("query", tags: [Tags.databaseType: "sql"], childOf: "handle", hasFailed: false)
        tracer.expectAllSpansFinished()
        #expect(
            tracer.spanTree == """
                handle
                  query
                """
        )
    }
}
