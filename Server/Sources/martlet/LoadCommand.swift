import ArgumentParser
import MartletServer

/// Sends made-up spans.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Send made-up spans to a server, to see what it bears.",
        discussion: """
            Traces of a few services that call each other, as many spans a second as you
            say. A request that the server wants later is sent again. Stop with Ctrl-C.
            """
    )

    @Option(help: "How: otlp, otlp-grpc, udp, zipkin, jaeger.")
    var to = LoadSettings.Way.otlp

    @Option(help: "Where the server listens.")
    var host = "127.0.0.1"

    @Option(help: "Its port (default: the usual one of the protocol).")
    var port: Int?

    @Option(help: "Spans a second; 0 for as many as are taken.")
    var rate = 1_000.0

    @Option(help: "For how long, such as 30s or 5m; 0 until it is stopped.")
    var duration = "10s"

    @Option(help: "Stop after so many spans.")
    var spans: Int?

    @Option(help: "Connections that send at a time.")
    var senders = 2

    @Option(help: "Spans of a request, at the most.")
    var batch = 512

    @Option(help: "Services that take part.")
    var services = 5

    @Option(help: "Operations of each service.")
    var operations = 8

    @Option(help: "How deep calls go.")
    var depth = 4

    @Option(help: "Spans of a trace.")
    var spansPerTrace = 10

    @Option(help: "Attributes of a span.")
    var attributes = 8

    @Option(help: "Different values of attributes that have many.")
    var cardinality = 1_000

    @Option(help: "Share of traces with an error, 0 to 1.")
    var errors = 0.02

    @Flag(help: "Make requests once and send them again with other trace ids: several times as fast.")
    var reuse = false

    @Flag(help: "Drop what the server wants later, as a client whose queue is full, instead of sending it again.")
    var dropRefused = false

    @Flag(help: "Print the figures as JSON at the end.")
    var json = false

    @Option(help: "The same seed gives the same traces, but for times and ids.")
    var seed: UInt64 = 1

    func run() async throws {
        let settings = try settings()
        let load = LoadRun(settings)
        let target = "\(settings.host), port \(load.port)"
        if !json { Terminal.say("Sending spans by \(settings.way.words) to \(target).") }
        let line = LoadLine(isTerminal: Terminal.isTerminal)
        try await ServerProgram.untilStopped(ServerProgram.silent) { stops in
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await load.run()
                    return true
                }
                group.addTask {
                    for await _ in stops { break }
                    return true
                }
                group.addTask {
                    while (try? await Task.sleep(for: line.interval)) != nil {
                        if !json || line.isTerminal { line.show(load) }
                    }
                    return false
                }
                for await isOver in group where isOver { break }
                group.cancelAll()
            }
        }
        line.finish()
        Terminal.say(json ? LoadLine.json(load) : LoadLine.summary(load, settings))
        if load.figures.takenSpans == 0 { throw ExitCode.failure }
    }

    private func settings() throws -> LoadSettings {
        var settings = LoadSettings()
        settings.way = to
        settings.host = host
        settings.port = port
        settings.spansPerSecond = rate
        switch RetentionAge(parsing: duration) {
        case .seconds(let seconds)?: settings.seconds = Double(seconds)
        case .unbounded?: settings.seconds = nil
        case nil: throw ValidationError("--duration: \"\(duration)\" is not a time; expected for example 30s or 5m")
        }
        settings.spansMax = spans
        settings.senders = senders
        settings.spansPerRequest = batch
        settings.services = services
        settings.operations = operations
        settings.depth = depth
        settings.spansPerTrace = spansPerTrace
        settings.attributes = attributes
        settings.cardinality = cardinality
        settings.errors = errors
        settings.seed = seed
        settings.isReusing = reuse
        settings.dropsRefused = dropRefused
        if let problem = settings.problem { throw ValidationError(problem) }
        return settings
    }
}

extension LoadSettings.Way: ExpressibleByArgument {}

/// What one sees while a load goes on, and at its end.
struct LoadLine {
    let isTerminal: Bool

    /// A line that changes on a terminal, and a new one now and then elsewhere.
    var interval: Duration { isTerminal ? .milliseconds(200) : .seconds(5) }

    func show(_ load: LoadRun) {
        let figures = load.figures
        let seconds = load.seconds
        var text = "\(Figures.tenths(seconds)) s  \(Figures.count(figures.takenSpans)) spans"
        text += "  \(Figures.count(Int(Double(figures.takenSpans) / max(seconds, 0.001))))/s"
        if let middle = figures.latency(share: 0.5) { text += "  \(Figures.tenths(middle)) ms" }
        if figures.refusals > 0 { text += "  \(Figures.count(figures.refusals)) refused" }
        if figures.failedSpans > 0 { text += "  \(Figures.count(figures.failedSpans)) spans failed" }
        if isTerminal { Terminal.rewrite(text) } else { Terminal.say(text) }
    }

    func finish() {
        if isTerminal { Terminal.rewrite("") }
    }

    static func summary(_ load: LoadRun, _ settings: LoadSettings) -> String {
        let figures = load.figures
        let seconds = max(load.seconds, 0.001)
        let rate = Figures.count(Int(Double(figures.takenSpans) / seconds))
        let isDatagram = settings.way == .udp
        var lines = [
            """
            \(Figures.count(figures.sentSpans)) spans of \(Figures.count(figures.sentTraces)) traces in \
            \(Figures.tenths(seconds)) s.
            """,
            "  \(isDatagram ? "sent   " : "taken  ")  \(Figures.count(figures.takenSpans)) spans, \(rate) a second",
        ]
        if figures.refusals > 0 {
            let requests = Figures.count(figures.refusals)
            let what =
                settings.dropsRefused
                ? "and \(Figures.count(figures.droppedSpans)) spans with them dropped"
                : "which were sent again as the server asked"
            lines.append("  refused  \(requests) requests, \(what)")
            if figures.refusalsWithoutHint > 0 {
                lines.append("           \(Figures.count(figures.refusalsWithoutHint)) of them without a word when")
            }
        }
        if figures.failedSpans > 0 { lines.append("  failed   \(Figures.count(figures.failedSpans)) spans") }
        let shares = [(0.5, "half below"), (0.95, "95 % below"), (0.99, "99 % below")].compactMap { share, words in
            figures.latency(share: share).map { "\(words) \(Figures.tenths($0)) ms" }
        }
        if !shares.isEmpty {
            let longest = Figures.tenths(figures.longestMilliseconds)
            lines.append("  answers  \(shares.joined(separator: ", ")), longest \(longest) ms")
        }
        if isDatagram { lines.append("  nobody answers datagrams: /ledger of the server says what came") }
        if let problem = figures.lastProblem { lines.append("  last problem: \(problem)") }
        return lines.joined(separator: "\n")
    }

    /// The figures, for programs.
    static func json(_ load: LoadRun) -> String {
        let figures = load.figures
        let numbers: [(String, Double)] = [
            ("seconds", load.seconds), ("sentSpans", Double(figures.sentSpans)),
            ("takenSpans", Double(figures.takenSpans)), ("refusals", Double(figures.refusals)),
            ("refusalsWithoutHint", Double(figures.refusalsWithoutHint)),
            ("droppedSpans", Double(figures.droppedSpans)), ("failedSpans", Double(figures.failedSpans)),
            ("medianMilliseconds", figures.latency(share: 0.5) ?? 0),
            ("longestMilliseconds", figures.longestMilliseconds),
        ]
        let fields = numbers.map { name, value in
            "\"\(name)\": " + (value == value.rounded() ? String(Int(value)) : String(value))
        }
        return "{" + fields.joined(separator: ", ") + "}"
    }
}
