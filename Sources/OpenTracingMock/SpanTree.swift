import OpenTracing

extension MockTracer {
    /// The finished spans as text: a line for each, below its parent and two spaces further to the right.
    ///
    /// Children stand in the order of their start, and a span that failed says so. A test compares it with what it
    /// expects:
    ///
    ///     #expect(tracer.spanTree == """
    ///         handle
    ///           load-account
    ///           send-mail  failed
    ///         """)
    public var spanTree: String {
        let spans = finishedSpans.sorted { $0.mockContext.spanID < $1.mockContext.spanID }
        let known = Set(spans.map(\.mockContext.spanID))
        let children = Dictionary(grouping: spans) { span in
            // A span whose parent is elsewhere, or goes on, stands at the left.
            span.parentID.flatMap { known.contains($0) ? $0 : nil }
        }
        var lines: [String] = []
        var open = (children[nil] ?? []).reversed().map { (span: $0, depth: 0) }
        while let (span, depth) = open.popLast() {
            let failed = span.tags[Tags.error] == true ? "  failed" : ""
            lines.append(String(repeating: "  ", count: depth) + span.operationName + failed)
            for child in (children[span.mockContext.spanID] ?? []).reversed() { open.append((child, depth + 1)) }
        }
        return lines.joined(separator: "\n")
    }
}
