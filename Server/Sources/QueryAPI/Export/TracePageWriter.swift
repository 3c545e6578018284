import NIOCore
import TraceAnalysis
import TraceModel

/// A trace as a page of its own: a waterfall that opens without a server, without a script and without a network.
///
/// Its spans are in it once more in Jaeger's JSON, so that it can be taken apart again.
struct TracePageWriter: PieceWriter {
    /// Nothing is loaded and nothing runs.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    private let trace: SpanBatch
    private let notes: TraceAdjuster.Notes
    private let tree: TraceTree
    private let extent: Range<UInt64>
    private var critical: [Int: [Range<UInt64>]] = [:]
    private var place = -1
    private(set) var isDone = false

    init(_ trace: SpanBatch, _ notes: TraceAdjuster.Notes) {
        self.trace = trace
        self.notes = notes
        tree = TraceTree(of: trace)
        extent = trace.extent
        for segment in CriticalPath(of: trace, tree).segments {
            critical[segment.row, default: []].append(segment.interval)
        }
    }

    mutating func next() -> ByteBuffer? {
        if isDone { return nil }
        var page = ""
        if place < 0 {
            page += head
            place = 0
        }
        while place < tree.preorder.count, page.utf8.count < TraceListWriter.pieceBytes {
            page += line(Int(tree.preorder[place]))
            place += 1
        }
        if place == tree.preorder.count {
            page += foot
            isDone = true
        }
        return ByteBuffer(string: page)
    }

    private var head: String {
        let root = tree.root ?? 0
        let name = "\(trace.service(of: root)): \(trace.strings.text(trace.spans.names[root]))"
        let errors = trace.spans.statuses.count { $0 == .error }
        let services = Set(
            trace.spans.resources.map { Int($0) }.map { number in
                number < trace.resources.count ? trace.resources[number].service : 0
            }
        ).count
        let facts = [
            "\(UTCTime(nanoseconds: extent.lowerBound).description)", duration(extent.upperBound - extent.lowerBound),
            Self.count(trace.count, "span"), Self.count(services, "service"), Self.count(errors, "error"),
        ].joined(separator: " · ")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.contentSecurityPolicy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(name))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <header><h1>\(escaped(name))</h1>
            <p><code>\(trace.spans.traceID(0).hex)</code></p>
            <p>\(escaped(facts))</p></header>
            <main>

            """
    }

    private func line(_ row: Int) -> String {
        let interval = trace.spans.interval(row)
        let isError = trace.spans.statuses[row] == .error
        let service = trace.service(of: row)
        let hue = service.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } >> 4 % 360
        let marks = (critical[row] ?? []).map { "<b style=\"\(box($0))\"></b>" }.joined()
        return """
            <details style="--h:\(hue);--d:\(min(40, tree.depths[row]))"><summary\(isError ? " class=\"e\"" : "")>\
            <span class="n"><em>\(escaped(service))</em> \(escaped(trace.strings.text(trace.spans.names[row])))</span>\
            <span class="t"><i style="\(box(interval))"></i>\(marks)</span>\
            <span class="d">\(duration(interval.upperBound - interval.lowerBound))</span></summary>\
            \(details(row))</details>

            """
    }

    private func details(_ row: Int) -> String {
        var rows: [(String, String)] = [
            ("span", SpanID(trace.spans.spanIDs[row]).hex),
            ("start", "+" + duration(trace.spans.interval(row).lowerBound - extent.lowerBound)),
        ]
        if trace.spans.kinds[row] != .unspecified { rows.append(("kind", trace.spans.kinds[row].tagValue)) }
        if trace.spans.statuses[row] != .unset {
            rows.append(
                ("status", "\(trace.spans.statuses[row]) \(trace.strings.text(trace.spans.statusMessages[row]))")
            )
        }
        func add(_ attribute: Attribute, _ prefix: String = "") {
            rows.append((prefix + trace.strings.text(attribute.key), text(trace.value(attribute))))
        }
        for index in trace.spanAttributes.range(row) { add(trace.spanAttributes[index]) }
        for attribute in trace.resource(of: row).attributes { add(attribute, "resource: ") }
        for event in trace.events.range(row) {
            let since = trace.events.times[event] &- trace.spans.starts[row]
            let fields = trace.events.attributes.range(event).map { index in
                let field = trace.events.attributes[index]
                return "\(trace.strings.text(field.key))=\(text(trace.value(field)))"
            }
            let when = Int64(bitPattern: since) < 0 ? "before" : "+" + duration(since)
            let name = trace.strings.text(trace.events.names[event])
            rows.append(("event \(when)", ([name] + fields).joined(separator: " ")))
        }
        for warning in notes.texts[row] ?? [] { rows.append(("warning", warning)) }
        let lines = rows.map { "<tr><th>\(escaped($0.0))</th><td>\(escaped($0.1))</td></tr>" }
        return "<table>\(lines.joined())</table>"
    }

    private var foot: String {
        var json = JSONWriter()
        let view = JaegerView(trace, isRaw: true)
        json.beginTrace(view)
        for row in 0..<trace.count { json.span(row, of: view) }
        json.endTrace(view)
        // The writer escapes what could end the element.
        let data = String(decoding: json.bytes, as: UTF8.self)
        return "</main>\n<script type=\"application/json\" id=\"trace\">\(data)</script>\n</body>\n</html>\n"
    }

    private func text(_ value: AttributeValue) -> String {
        if case .string(let text) = value { return text }
        return value.jsonText
    }

    private func box(_ interval: Range<UInt64>) -> String {
        let whole = Double(max(1, extent.upperBound - extent.lowerBound))
        func percent(_ length: UInt64) -> String { decimalText((Double(length) / whole * 1e5).rounded() / 1e3) }
        let width = percent(interval.upperBound - interval.lowerBound)
        return "left:\(percent(interval.lowerBound - extent.lowerBound))%;width:\(width)%"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private func duration(_ nanoseconds: UInt64) -> String { DurationWords.text(Int64(clamping: nanoseconds)) }

    private func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar.value < 0x20 && scalar != "\n" ? "\u{FFFD}" : scalar)
            }
        }
    }

    private static let style = """
        :root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif}body{margin:0}
        header{padding:12px 16px;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}
        h1{font-size:18px;margin:0}header p{margin:0;opacity:.75}
        summary{display:grid;grid-template-columns:minmax(220px,36%) 1fr 88px;gap:8px;padding:1px 16px;cursor:pointer}
        summary:hover,details[open]>summary{background:color-mix(in srgb,currentColor 8%,transparent)}
        summary::marker{content:""}.n{padding-left:calc(var(--d)*12px);overflow:hidden;text-overflow:ellipsis;
        white-space:nowrap}em{font-style:normal;font-weight:600;
        color:light-dark(oklch(45% .12 var(--h)),oklch(78% .1 var(--h)))}
        .e .n::before{content:"✗ ";color:#d33}.e .d{color:#d33}.t{position:relative}
        .t i,.t b{position:absolute;top:5px;height:10px;min-width:1px;border-radius:2px;
        background:light-dark(oklch(70% .1 var(--h)),oklch(60% .1 var(--h)))}.e .t i{background:#d66}
        .t b{top:13px;height:2px;background:currentColor}.d{text-align:right;font-variant-numeric:tabular-nums}
        table{margin:4px 16px 12px calc(16px + var(--d)*12px);border-spacing:0;font-size:13px}
        th{text-align:left;font-weight:400;opacity:.7;padding-right:16px;vertical-align:top;white-space:nowrap}
        td{white-space:pre-wrap;overflow-wrap:anywhere}@media print{summary{break-inside:avoid}}
        """
}
