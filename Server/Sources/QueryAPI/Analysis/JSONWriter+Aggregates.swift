import SpanStorage
import TraceAnalysis
import TraceModel

extension JSONWriter {
    /// A trace beside others.
    mutating func baseline(_ baseline: TraceBaseline, of trace: borrowing SpanBatch) {
        let order = baseline.order
        let places = places(of: order)
        beginObject()
        traceHead(trace, "trace")
        key("baseline")
        beginObject()
        count("traces", baseline.traces)
        count("spans", baseline.spans)
        endObject()
        key("truncated")
        bool(baseline.tree.isTruncated)
        key("findings")
        beginArray()
        for finding in baseline.findings() {
            beginObject()
            key("kind")
            plainString(finding.kind.rawValue)
            count("node", places[finding.node])
            duration("impact", finding.impact)
            key("message")
            string(baseline.message(finding))
            endObject()
        }
        endArray()
        key("nodes")
        beginArray()
        for number in order {
            beginObject()
            node(number, of: baseline.tree, places: places)
            side("trace", baseline.own[number], of: trace)
            usual(baseline.usual[number], traces: baseline.traces)
            share("rank", baseline.rank(number))
            endObject()
        }
        endArray()
        endObject()
    }

    private mutating func usual(_ usual: TraceBaseline.Usual, traces: Int) {
        key("baseline")
        if usual.traces == 0 { return null() }
        beginObject()
        count("traces", usual.traces)
        share("share", Double(usual.traces) / Double(max(1, traces)))
        share("countPerTrace", usual.counts.mean)
        count("errors", usual.errors)
        quantiles("total", usual.totals)
        quantiles("self", usual.owns)
        endObject()
    }

    /// An attribute that tells two sets apart.
    mutating func outlier(_ attribute: AttributeOutliers.Attribute, of spans: AttributeOutliers.Counts) {
        beginObject()
        key("key")
        string(attribute.key)
        key("level")
        plainString(attribute.level.rawValue)
        share("score", attribute.score)
        shares(attribute.counts, of: spans)
        count("distinct", attribute.distinct)
        key("isNumeric")
        bool(attribute.isNumeric)
        key("values")
        beginArray()
        for value in attribute.values {
            beginObject()
            key("value")
            self.attribute(value.value)
            key("type")
            plainString(value.isRange ? "range" : value.value.typeName)
            count("selection", value.counts.selection)
            count("baseline", value.counts.baseline)
            shares(value.counts, of: spans)
            endObject()
        }
        endArray()
        endObject()
    }

    private mutating func shares(_ counts: AttributeOutliers.Counts, of spans: AttributeOutliers.Counts) {
        let shares = counts.shares(of: spans)
        share("selectionShare", shares.selection)
        share("baselineShare", shares.baseline)
    }

    /// The paths through a service and the calls on them, as fields.
    mutating func paths(_ paths: DependencyPaths, through service: String?) {
        let ends = paths.ends(through: service)
        count("traces", paths.traces)
        key("truncated")
        bool(paths.tree.isTruncated || ends.count > QueryRoutes.pathsMax)
        key("paths")
        beginArray()
        for end in ends.prefix(QueryRoutes.pathsMax) {
            let figures = paths.figures[end]
            beginObject()
            key("path")
            beginArray()
            for hop in paths.path(to: end) {
                beginObject()
                label(hop)
                endObject()
            }
            endArray()
            count("traces", figures.traces)
            count("calls", figures.ends)
            count("errors", figures.errors)
            quantileFields(figures.durations)
            key("exampleTraceID")
            if let example = figures.example { id(example) } else { null() }
            endObject()
        }
        endArray()
        key("edges")
        beginArray()
        for edge in paths.edges(through: service) {
            beginObject()
            key("parent")
            string(edge.caller)
            key("child")
            string(edge.callee)
            count("calls", edge.durations.count)
            count("errors", edge.errors)
            quantileFields(edge.durations)
            endObject()
        }
        endArray()
    }

    /// A path as Jaeger's page reads it.
    mutating func deepPath(_ path: [CallLabel], example: TraceID?) {
        beginObject()
        key("path")
        beginArray()
        for hop in path {
            beginObject()
            label(hop)
            endObject()
        }
        endArray()
        key("attributes")
        beginArray()
        if let example {
            beginObject()
            key("key")
            plainString("exemplar_trace_id")
            key("value")
            id(example)
            endObject()
        }
        endArray()
        endObject()
    }
}

extension TraceBaseline {
    /// What is unusual, in words.
    fileprivate func message(_ finding: Finding) -> String {
        let label = tree.nodes[finding.node].label
        let what = "\(label.service): \(label.operation)"
        let side = own[finding.node]
        let others = usual[finding.node]
        func text(_ nanoseconds: UInt64) -> String { DurationWords.text(Int64(clamping: nanoseconds)) }
        switch finding.kind {
        case .missing: return "\(what) is missing: \(others.traces) of \(traces) traces have it"
        case .new: return "\(what) is new: none of \(traces) traces has it"
        case .more:
            return "\(what) is there \(side.count) times; 95 % have it at most \(others.counts.quantile(0.95)) times"
        case .fewer:
            return "\(what) is there \(side.count) times; 95 % have it at least \(others.counts.quantile(0.05)) times"
        case .slower:
            return "\(what) took \(text(side.own)) for its own work, usually it is \(text(others.owns.quantile(0.5)))"
        case .faster:
            return
                "\(what) took only \(text(side.own)) for its own work, usually it is \(text(others.owns.quantile(0.5)))"
        case .errors: return "\(what) failed; it does in \(others.tracesWithErrors) of \(traces) traces"
        }
    }
}
