import TraceAnalysis
import TraceModel

/// A trace drawn in lines of text: a tree on the left, time on the right.
struct Waterfall {
    private static let durationWidth = 9

    private let trace: TraceDocument
    private let rows: [SpanHierarchy.Row]
    private let style: TextStyle
    private let start: Int
    private let duration: Int
    private let nameWidth: Int
    private let bar: SpanBar
    /// By span id: the stretches of the critical path, in microseconds from the start.
    private var critical: [String: [Range<Double>]] = [:]

    init(_ trace: TraceDocument, _ segments: [CriticalPathDocument.Segment], _ style: TextStyle, width: Int) {
        self.trace = trace
        self.style = style
        rows = SpanHierarchy(trace).rows
        start = trace.spans.map(\.startTime).min() ?? 0
        duration = (trace.spans.map(\.end).max() ?? start) - start
        let longest = rows.map { row in
            let span = trace.spans[row.span]
            return row.lead.columns + trace.service(of: span).columns + span.operationName.columns + 3
        }
        nameWidth = min(longest.max() ?? 0, max(24, (width - Self.durationWidth) * 45 / 100))
        bar = SpanBar(width: max(10, width - nameWidth - Self.durationWidth - 3))
        for segment in segments {
            critical[segment.spanID, default: []].append(segment.offset..<(segment.offset + segment.duration))
        }
    }

    /// What trace it is.
    var head: [String] {
        let root = rows.first.map { trace.spans[$0.span] }
        let service = root.map { trace.service(of: $0) } ?? ""
        let errors = trace.spans.count { $0.isError }
        let services = Set(trace.spans.map { trace.service(of: $0) }).count
        let depth = (rows.map(\.depth).max() ?? 0) + 1
        var facts = [
            clock(UInt64(max(0, start)) * 1_000) + " UTC", text(duration), Figures.count(trace.spans.count, "span"),
            Figures.count(services, "service"), "depth \(Figures.count(depth))",
        ]
        if errors > 0 { facts.append(style.bad(Figures.count(errors, "error"))) }
        let name = (root?.operationName ?? "").shown
        var lines = [
            style.service(service.shown, service) + " " + style.strong(name) + "  "
                + style.faint((trace.traceID ?? "").shown),
            facts.joined(separator: style.faint(" · ")),
        ]
        for warning in trace.warnings ?? [] { lines.append(style.changed("! \(warning.shown)")) }
        return lines + ["", ruler]
    }

    /// Lines for the spans, up to a number of spans.
    func lines(limit: Int, showsTags: Bool) -> [String] {
        var lines: [String] = []
        for row in rows.prefix(max(0, limit)) {
            let span = trace.spans[row.span]
            lines.append(line(row, span))
            if showsTags { lines += details(span, indent: String(repeating: " ", count: row.lead.columns + 2)) }
        }
        let hidden = rows.count - max(0, limit)
        if hidden > 0 {
            lines.append(
                style.faint("… and \(Figures.count(hidden, "span")) more: --limit \(rows.count) shows them all")
            )
        }
        return lines
    }

    private var ruler: String {
        let marks = bar.width >= 60 ? 4 : bar.width >= 30 ? 2 : 1
        var line = ""
        for mark in 0...marks {
            let label = text(duration * mark / marks)
            let place = bar.width * mark / marks
            // The last one ends where the bars end.
            let begin = mark == marks ? max(line.columns + 1, bar.width - label.columns) : place
            if begin > line.columns { line += String(repeating: " ", count: begin - line.columns) }
            line += label
        }
        return style.faint(String(repeating: " ", count: nameWidth + 1) + line)
    }

    private func line(_ row: SpanHierarchy.Row, _ span: TraceDocument.Span) -> String {
        let service = trace.service(of: span).shown
        let mark = span.isError ? "✗ " : ""
        let room = nameWidth - row.lead.columns - mark.columns
        let name = "\(service) \(span.operationName.shown)".fitted(max(4, room))
        // The service's name in its colour, if it has not been cut.
        let painted =
            name.hasPrefix(service + " ")
            ? style.service(service, service) + String(name.dropFirst(service.count)) : name
        let left = style.faint(row.lead) + style.bad(mark) + painted
        let own = text(max(0, span.duration)).fitted(Self.durationWidth, right: true)
        return "\(left) \(drawn(span, service)) \(span.isError ? style.bad(own) : own)"
    }

    private func drawn(_ span: TraceDocument.Span, _ service: String) -> String {
        let whole = Double(max(1, duration))
        let begin = Double(span.startTime - start)
        let columns = bar.columns(from: begin / whole, to: Double(span.end - start) / whole)
        var isCritical = [Bool](repeating: false, count: bar.width)
        for stretch in critical[span.spanID] ?? [] {
            for column in bar.columns(from: stretch.lowerBound / whole, to: stretch.upperBound / whole) {
                isCritical[column] = true
            }
        }
        let marks = columns.map { isCritical[$0] ? "━" : "─" }.joined()
        let before = String(repeating: " ", count: columns.lowerBound)
        let after = String(repeating: " ", count: bar.width - columns.upperBound)
        return before + (span.isError ? style.bad(marks) : style.service(marks, service)) + after
    }

    private func details(_ span: TraceDocument.Span, indent: String) -> [String] {
        let width = min(32, span.tags.map(\.key.columns).max() ?? 0)
        var lines = [indent + style.faint("span \(span.spanID.shown)")]
        for tag in span.tags {
            lines.append("\(indent)\(style.faint(tag.key.shown.fitted(width)))  \(tag.value.text.shown)")
        }
        for log in span.logs {
            let fields = log.fields.map { "\(style.faint($0.key.shown))=\($0.value.text.shown)" }
            lines.append(
                "\(indent)\(style.faint("+" + text(log.timestamp - span.startTime)))  \(fields.joined(separator: " "))"
            )
        }
        for warning in span.warnings ?? [] { lines.append(indent + style.changed("! \(warning.shown)")) }
        return lines
    }

    private func text(_ microseconds: Int) -> String {
        let (nanoseconds, overflow) = Int64(microseconds).multipliedReportingOverflow(by: 1_000)
        return DurationWords.text(overflow ? .max : nanoseconds)
    }
}
