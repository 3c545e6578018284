#if canImport(Testing)
import OpenTracing
import OpenTracingMock
import Testing

extension MockTracer {
    /// Expects a finished span of this name, and records an issue that lists what there is when there is none.
    ///
    ///     tracer.expectSpan("query", tags: ["db.type": "sql"], childOf: "handle")
    ///
    /// - Parameters:
    ///   - operationName: The span's name.
    ///   - tags: Tags that it has to have, with these values; it may have more.
    ///   - parent: The name of the span that it has to be a child of; nil for any or none.
    ///   - hasFailed: Whether it has to have failed, or not; nil for either.
    ///   - sourceLocation: Where the issue is recorded.
    /// - Returns: The first span that is as expected, for further looks; nil when there is none.
    @discardableResult
    public func expectSpan(
        _ operationName: String,
        tags: TagList = [:],
        childOf parent: String? = nil,
        hasFailed: Bool? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> MockSpan? {
        let spans = finishedSpans
        let parents = Dictionary(spans.map { ($0.mockContext.spanID, $0.operationName) }) { first, _ in first }
        let found = spans.first { span in
            span.operationName == operationName
                && tags.allSatisfy { span.tags[$0.key] == $0.value }
                && (parent == nil || span.parentID.flatMap { parents[$0] } == parent)
                && (hasFailed == nil || (span.tags[Tags.error] == true) == hasFailed)
        }
        if found == nil {
            var wanted = "a finished span '\(operationName)'"
            if !tags.isEmpty {
                wanted += " with " + tags.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            }
            if let parent { wanted += " below '\(parent)'" }
            if let hasFailed { wanted += hasFailed ? " that failed" : " that did not fail" }
            Issue.record("Expected \(wanted). \(Self.listed(spans))", sourceLocation: sourceLocation)
        }
        return found
    }

    /// Expects that each span that was started has finished too.
    ///
    /// - Parameter sourceLocation: Where the issue is recorded.
    public func expectAllSpansFinished(sourceLocation: SourceLocation = #_sourceLocation) {
        let open = unfinishedSpans
        guard !open.isEmpty else { return }
        let names = open.map { "'\($0.operationName)'" }.joined(separator: ", ")
        Issue.record("Expected all spans to have finished, but these go on: \(names).", sourceLocation: sourceLocation)
    }

    private static func listed(_ spans: [MockSpan]) -> String {
        if spans.isEmpty { return "No span has finished." }
        return "Finished are: " + spans.map(\.description).joined(separator: "; ") + "."
    }
}
#endif
