import ArgumentParser
import TraceAnalysis
import TraceModel

/// Finds traces.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find traces, by TraceQL or by flags.",
        discussion: """
            martlet search '{ status = error && duration > 100ms }'
            martlet search --service shop --tag http.status_code=500 --since 1h
            martlet search --sort longest --limit 5

            Ends with code 1 if no trace matches, and 2 if the question could not be answered.
            """
    )

    @OptionGroup var options: AskOptions
    @OptionGroup var filter: FilterOptions

    @Option(help: "How far back: 15m, 1h, 2d.") var since = "2d"

    @Option(help: "From when on, in µs since 1970.") var start: String?

    @Option(help: "Until when, in µs since 1970.") var end: String?

    @Option(name: .shortAndLong, help: "How many traces.") var limit = 20

    @Option(help: "newest, oldest, longest, shortest, most-spans or most-errors.") var sort = "newest"

    @Option(help: "Where the page before ended.") var cursor: String?

    func run() async throws {
        var parameters = filter.parameters + [("limit", String(limit)), ("sort", sort), ("lookback", since)]
        for (name, value) in [("start", start), ("end", end), ("cursor", cursor)] {
            if let value { parameters.append((name, value)) }
        }
        try await options.ask { asking in
            let found = try await asking.data("/api/trace-summaries", parameters, as: [SummaryDocument].self)
            let traces = found.data ?? []
            if !options.json { show(traces, found) }
            if traces.isEmpty { throw AskFailure(description: "no trace matches", code: ExitCode(1)) }
        }
    }

    private func show(_ traces: [SummaryDocument], _ found: AnswerEnvelope<[SummaryDocument]>) {
        if traces.isEmpty { return }
        let style = options.style
        let ids = traces.map(\.id.columns).max() ?? 16
        let longest = traces.map(\.duration).max() ?? 1
        Terminal.say(
            style.faint(
                "started (UTC)            \("trace".fitted(ids))  duration               spans  errors  root"
            )
        )
        for trace in traces {
            let bar = SpanBar(width: 12).filled(Double(trace.duration) / Double(max(1, longest)))
            let errors = String(trace.errorSpanCount).fitted(6, right: true)
            let others = trace.services.map(\.name).filter { $0 != trace.rootServiceName }
            let names = others.isEmpty ? "" : style.faint("  + \(others.map(\.shown).joined(separator: ", "))")
            let root =
                trace.rootServiceName.isEmpty && trace.rootOperationName.isEmpty
                ? style.faint("(its root has not come)")
                : style.service(trace.rootServiceName.shown, trace.rootServiceName)
                    + " \(trace.rootOperationName.shown)"
            let columns = [
                clock(trace.start),
                style.strong(trace.id.fitted(ids)),
                DurationWords.text(trace.duration).fitted(8, right: true) + " " + style.faint(bar),
                String(trace.spanCount).fitted(5, right: true),
                trace.errorSpanCount > 0 ? style.bad(errors) : style.faint(errors),
                root + names,
            ]
            Terminal.say(columns.joined(separator: "  "))
        }
        let isExact = found.totalIsExact ?? true
        let total = max(found.total ?? traces.count, traces.count)
        let of = found.next == nil && cursor == nil ? "" : " of \(isExact ? "" : "at least ")\(Figures.count(total))"
        Terminal.say(style.faint("\(Figures.count(traces.count))\(of) \(total == 1 ? "trace" : "traces")"))
        if let next = found.next { Terminal.say(style.faint("the next ones: --cursor \(next)")) }
    }
}

/// What spans must satisfy.
struct FilterOptions: ParsableArguments {
    @Argument(help: "A query in TraceQL.") var query: String?

    @Option(help: "A service; may be repeated.") var service: [String] = []

    @Option(help: "The span's name.") var operation: String?

    @Option(help: "An attribute, key=value; may be repeated.") var tag: [String] = []

    @Option(help: "The least duration of the span: 100ms.") var minDuration: String?

    @Option(help: "The greatest duration of the span.") var maxDuration: String?

    @Option(help: "The least duration of the trace.") var minTraceDuration: String?

    @Option(help: "The greatest duration of the trace.") var maxTraceDuration: String?

    func validate() throws {
        for text in tag where !text.contains("=") && !text.contains(":") {
            throw ValidationError("--tag \(text): expected key=value")
        }
    }

    var parameters: [(name: String, value: String)] {
        var parameters = service.map { (name: "service", value: $0) }
        for text in tag {
            // Jaeger has a colon between key and value; people write an equals sign.
            guard let equals = text.firstIndex(of: "=") else {
                parameters.append(("tag", text))
                continue
            }
            parameters.append(("tag", "\(text[..<equals]):\(text[text.index(after: equals)...])"))
        }
        let others: [(String, String?)] = [
            ("q", query), ("operation", operation), ("minDuration", minDuration), ("maxDuration", maxDuration),
            ("minTraceDuration", minTraceDuration), ("maxTraceDuration", maxTraceDuration),
        ]
        for (name, value) in others { if let value { parameters.append((name, value)) } }
        return parameters
    }
}

/// A moment in 23 columns.
func clock(_ nanoseconds: UInt64) -> String {
    let text = UTCTime(nanoseconds: nanoseconds).description
    return text.replacing("T", with: " ").replacing("Z", with: "")
}
