import ArgumentParser
import FoundationEssentials
import MartletServer
import TraceAnalysis

/// Shows what comes in.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show traces or spans as they come in, until Ctrl-C.",
        discussion: """
            martlet tail '{ status = error }'
            martlet tail --spans --service shop

            With --json a line of JSON each. What is left out because it is too much is told
            on standard error.
            """
    )

    @OptionGroup var options: AskOptions
    @OptionGroup var filter: FilterOptions

    @Flag(help: "Show spans rather than traces.") var spans = false

    @Option(help: "End after so many.") var count: Int?

    @Option(help: "The most events a second.") var rate = 200

    func validate() throws {
        if options.directory != nil {
            throw ValidationError("--data-dir: nothing comes in there; ask a server, by --url")
        }
        if let count, count < 1 { throw ValidationError("--count: expected at least 1, not \(count)") }
    }

    func run() async throws {
        try await options.ask { asking in
            let parameters = filter.parameters + [("of", spans ? "spans" : "traces"), ("rate", String(rate))]
            let server = try options.server()
            let (status, pieces) = try await server.stream("/api/tail", parameters)
            if status != 200 {
                // The same question once more: now the words are wanted.
                _ = try await asking.data("/api/tail", parameters, as: [String].self, printsJSON: false)
                return
            }
            var events = EventReader()
            var left = count ?? .max
            do {
                for try await piece in pieces {
                    for event in events.read(piece) {
                        guard try show(event) else { continue }
                        left -= 1
                        if left == 0 { return }
                    }
                }
            } catch {
                throw AskFailure(description: "the connection to the server broke off: \(error)", code: ExitCode(2))
            }
            throw AskFailure(description: "the server has ended the connection", code: ExitCode(2))
        }
    }

    /// Shows an event; whether it was a trace or a span.
    private func show(_ event: EventReader.Event) throws -> Bool {
        let data = Data(event.data)
        switch event.name {
        case "skipped":
            if let skipped = try? JSONDecoder().decode(SkippedDocument.self, from: data) {
                Terminal.complain(options.style.faint("… \(Figures.count(skipped.count)) left out"))
            }
            return false
        case "trace", "span":
            if options.json {
                Terminal.say(String(decoding: event.data, as: UTF8.self))
            } else if event.name == "span" {
                show(try JSONDecoder().decode(LiveSpanDocument.self, from: data))
            } else {
                show(try JSONDecoder().decode(SummaryDocument.self, from: data))
            }
            return true
        default: return false
        }
    }

    private func show(_ span: LiveSpanDocument) {
        let style = options.style
        let duration = DurationWords.text(Int64(min(9e15, span.duration) * 1_000)).fitted(9, right: true)
        let isError = span.status == "error"
        let attributes = (span.attributes ?? [:]).sorted { $0.key < $1.key }.map { key, value in
            "\(style.faint(key.shown))=\(value.text.shown)"
        }
        let line = [
            style.faint(clock(UInt64(max(0, span.startTime)) * 1_000)), isError ? style.bad(duration) : duration,
            isError ? style.bad("✗") : " ", style.service(span.service.shown, span.service), span.operation.shown,
            style.faint(span.traceID), attributes.joined(separator: " "),
        ]
        Terminal.say(line.joined(separator: " "))
    }

    private func show(_ trace: SummaryDocument) {
        let style = options.style
        let duration = DurationWords.text(trace.duration).fitted(9, right: true)
        let errors = trace.errorSpanCount > 0 ? style.bad("  \(Figures.count(trace.errorSpanCount, "error"))") : ""
        let root =
            trace.rootServiceName.isEmpty && trace.rootOperationName.isEmpty
            ? style.faint("(its root has not come)")
            : "\(style.service(trace.rootServiceName.shown, trace.rootServiceName)) \(trace.rootOperationName.shown)"
        let spans = style.faint(Figures.count(trace.spanCount, "span"))
        Terminal.say(
            "\(style.faint(clock(trace.start))) \(duration)  \(style.strong(trace.id))  \(root)  \(spans)\(errors)"
        )
    }
}

/// Takes server-sent events apart, wherever the pieces that they come in end.
struct EventReader {
    struct Event: Equatable {
        var name: String
        var data: [UInt8]
    }

    /// An event that is longer than this is not one of ours.
    private static let bytesMax = 16 << 20

    private var line: [UInt8] = []
    private var name = ""
    private var data: [UInt8] = []

    /// The events that end in a piece.
    mutating func read(_ piece: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in piece {
            if byte != UInt8(ascii: "\n") {
                if line.count < Self.bytesMax { line.append(byte) }
                continue
            }
            if line.isEmpty {
                if !data.isEmpty { events.append(Event(name: name, data: data)) }
                name = ""
                data = []
            } else if line.starts(with: "event: ".utf8) {
                name = String(decoding: line.dropFirst(7), as: UTF8.self)
            } else if line.starts(with: "data: ".utf8) {
                data += line.dropFirst(6)
            }
            line = []
        }
        return events
    }
}
