import SpanStorage
import Testing
import TraceModel

@Suite struct TraceVerdictTests {
    private static let summary = TraceSummary(
        id: TraceID(low: 1),
        measure: TraceMeasure(start: 1_000, end: 2_001_000, spans: 5, errors: 1),
        root: TraceSummary.Root(service: "shop", name: "GET /"),
        services: []
    )

    @Test(arguments: [
        ("{ traceDuration = 2ms }", TraceVerdict.matches), ("{ traceDuration > 2ms }", .matchesNot),
        ("{ trace:spanCount = 5 && span.a = 1 }", .matches), ("{ trace:spanCount != 5 && span.a = 1 }", .matchesNot),
        ("{ rootName = `GET /` || span.a = 1 }", .matches), ("{ rootName = `GET` || span.a = 1 }", .open),
        ("{ rootServiceName =~ `s.*` } || { trace:spanCount > 4 && span.a = 1 }", .matches),
        ("{ rootServiceName =~ `x.*` } || { trace:spanCount > 4 && span.a = 1 }", .open),
        ("{ rootServiceName =~ `x.*` } || { trace:spanCount > 5 }", .matchesNot),
        ("{ span.a = 1 } && { trace:spanCount > 5 }", .matchesNot),
        ("{ span.a = 1 } && { trace:spanCount > 4 }", .open),
        ("{ trace:spanCount > 5 } >> { span.a = 1 }", .matchesNot),
        ("{ trace:spanCount > 5 } !>> { span.a = 1 }", .open),
        ("{ span.a = 1 } !>> { trace:spanCount > 5 }", .matchesNot),
        ("{ trace:spanCount > 5 } | count() > 1", .matchesNot), ("{ trace:spanCount > 4 } | count() > 1", .open),
        ("{ !(trace:spanCount > 5) && rootName != nil }", .matches),
    ])
    func `a summary decides what it can`(text: String, verdict: TraceVerdict) throws {
        let expression = try SpansetExpression(traceQL: text)
        #expect(expression.asksTrace)
        #expect(expression.verdict(Self.summary) == verdict)
    }

    @Test func `a trace without a root has no root's name, and one that is no text is left open`() throws {
        var summary = Self.summary
        summary.root = nil
        #expect(try SpansetExpression(traceQL: "{ rootName != nil }").verdict(summary) == .matchesNot)
        #expect(try SpansetExpression(traceQL: "{ rootName = nil }").verdict(summary) == .matches)
        summary.root = TraceSummary.Root(service: "shop", name: "\u{FFFD}")
        #expect(try SpansetExpression(traceQL: "{ rootName = `a` }").verdict(summary) == .open)
    }
}
