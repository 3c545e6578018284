import ArgumentParser
import TraceAnalysis

/// Shows how two traces differ.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Show how two traces differ, in what they did and how long it took.",
        discussion: """
            martlet compare 1 15
            martlet compare 1 15 --changes

            Each line stands for the spans that are reached from the root by the same calls.
            Ends with code 0 if both did the same, 1 if not, and 2 if nobody could be asked.
            """
    )

    @OptionGroup var options: AskOptions

    @Argument(help: "The id of a trace.") var a: String

    @Argument(help: "The id of another.") var b: String

    @Flag(help: "Leave out what both did.") var changes = false

    func run() async throws {
        try await options.ask { asking in
            var parameters = [(name: "a", value: a), (name: "b", value: b)]
            if changes { parameters.append(("changes", "true")) }
            let found = try await asking.data("/api/compare", parameters, as: ComparisonDocument.self)
            guard let comparison = found.data else { return }
            if !options.json { show(comparison) }
            if comparison.differences > 0 { throw ExitCode(1) }
        }
    }

    private func show(_ comparison: ComparisonDocument) {
        let style = options.style
        for (name, head) in [("A", comparison.a), ("B", comparison.b)] {
            let spans = Figures.count(head.spanCount, "span")
            let errors = head.errorCount > 0 ? style.bad("  \(Figures.count(head.errorCount, "error"))") : ""
            Terminal.say(
                "\(style.strong(name))  \(head.traceID)  \(style.service(head.rootService.shown, head.rootService)) "
                    + "\(head.rootOperation.shown)  \(text(head.duration))  \(spans)\(errors)"
            )
        }
        Terminal.say("")
        let names = comparison.nodes.map { node in
            String(repeating: "  ", count: min(node.depth, 20)) + "\(node.service.shown) \(node.operation.shown)"
        }
        let width = min(max(24, Terminal.width - 46), max(10, names.map(\.columns).max() ?? 10))
        let columns = ["A", "B", "B − A"].map { $0.fitted(10, right: true) }.joined(separator: "  ")
        Terminal.say(style.faint("  \(String(repeating: " ", count: width))  \(columns)"))
        for (node, name) in zip(comparison.nodes, names) { show(node, name.fitted(width)) }
        let count = comparison.differences
        Terminal.say("")
        Terminal.say(
            count == 0
                ? style.good("both did the same") : "\(Figures.count(count, "difference")) in what they did"
        )
        if comparison.truncated {
            Terminal.complain("note: the traces are too large: some of their spans are left out")
        }
    }

    private func show(_ node: ComparisonDocument.Node, _ name: String) {
        let style = options.style
        let times = [node.a, node.b].map { side in
            guard let side else { return "—".fitted(10, right: true) }
            let times = side.count > 1 ? "\(side.count)× " : ""
            return (times + text(side.total)).fitted(10, right: true)
        }
        let delta = node.totalDelta
        let sign = delta > 0 ? "+" : ""
        let difference = (delta == 0 ? "=" : sign + text(delta)).fitted(10, right: true)
        let line = "\(name)  \(times[0])  \(times[1])"
        let failed = (node.b?.errors ?? 0) - (node.a?.errors ?? 0)
        let failures = Figures.count(abs(failed), "error")
        let errors = failed == 0 ? "" : "  " + (failed > 0 ? style.bad("+\(failures)") : style.good("-\(failures)"))
        switch node.change {
        case "added": Terminal.say(style.good("+ \(line)  \(difference)") + errors)
        case "removed": Terminal.say(style.bad("- \(line)  \(difference)") + errors)
        case "more", "fewer": Terminal.say(style.changed("~ \(line)  \(difference)") + errors)
        default: Terminal.say("  \(line)  \(delta > 0 ? style.bad(difference) : style.good(difference))\(errors)")
        }
    }

    private func text(_ microseconds: Double) -> String {
        DurationWords.text(Int64(max(-9e15, min(9e15, microseconds)) * 1_000))
    }
}
