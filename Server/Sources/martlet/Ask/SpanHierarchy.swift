/// The spans of a trace as they are drawn: parents before their children, each with the lines that lead to it.
struct SpanHierarchy {
    struct Row {
        /// The span's place in the trace.
        var span: Int
        /// How many spans are above it.
        var depth: Int
        /// What is drawn before its name.
        var lead: String
    }

    /// Deeper spans are not drawn further to the right.
    private static let depthMax = 24

    private(set) var rows: [Row] = []

    init(_ trace: TraceDocument) {
        var places: [String: Int] = [:]
        for (place, span) in trace.spans.enumerated() where places[span.spanID] == nil { places[span.spanID] = place }
        var children = [[Int]](repeating: [], count: trace.spans.count)
        var roots: [Int] = []
        for (place, span) in trace.spans.enumerated() {
            let parents = span.references.filter { $0.traceID == trace.traceID }
            let parent = (parents.first { $0.refType == "CHILD_OF" } ?? parents.first).flatMap { places[$0.spanID] }
            if let parent, parent != place { children[parent].append(place) } else { roots.append(place) }
        }
        var isDrawn = [Bool](repeating: false, count: trace.spans.count)
        draw(roots, trace, children, &isDrawn)
        // What is left is in circles: they begin anywhere.
        for place in trace.spans.indices where !isDrawn[place] { draw([place], trace, children, &isDrawn) }
    }

    private mutating func draw(
        _ roots: [Int],
        _ trace: TraceDocument,
        _ children: [[Int]],
        _ isDrawn: inout [Bool]
    ) {
        struct Open {
            var span: Int
            var depth: Int
            var indent: String
            var isLast: Bool
        }
        func byStart(_ spans: [Int]) -> [Int] {
            spans.sorted { left, right in
                let starts = [left, right].map { trace.spans[$0].startTime }
                return starts[0] == starts[1] ? left < right : starts[0] < starts[1]
            }
        }
        var waiting = byStart(roots).reversed().map { Open(span: $0, depth: 0, indent: "", isLast: true) }
        while let open = waiting.popLast() {
            if isDrawn[open.span] { continue }
            isDrawn[open.span] = true
            let lead = open.depth == 0 ? "" : open.indent + (open.isLast ? "└ " : "├ ")
            rows.append(Row(span: open.span, depth: open.depth, lead: lead))
            let below = byStart(children[open.span].filter { !isDrawn[$0] })
            let isFlat = open.depth == 0 || open.depth >= Self.depthMax
            let indent = isFlat ? open.indent : open.indent + (open.isLast ? "  " : "│ ")
            for (number, child) in below.enumerated().reversed() {
                let isLast = number == below.count - 1
                waiting.append(Open(span: child, depth: open.depth + 1, indent: indent, isLast: isLast))
            }
        }
    }
}
