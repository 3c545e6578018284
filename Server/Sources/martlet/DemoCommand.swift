import ArgumentParser
import Demo
import Logging
import MartletServer
import UnixSignals

/// Runs four traced services to look at.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run four small services with faults in them, to be found in the UI.",
        discussion: """
            Start martlet first, in another terminal. The services send their spans to
            localhost:6831 by UDP; JAEGER_AGENT_HOST and JAEGER_AGENT_PORT say otherwise.
            """
    )

    @Option(help: ArgumentHelp("Port of the first service; the others have the next three.", valueName: "port"))
    var port = 8080

    @Option(help: ArgumentHelp("How many cars to ask for at the start.", valueName: "number"))
    var requests = 12

    @Option(help: ArgumentHelp("How many of them at a time.", valueName: "number"))
    var concurrency = 6

    @Option(name: .customLong("ui"), help: ArgumentHelp("Where the web UI is.", valueName: "url"))
    var userInterface = "http://localhost:16686"

    @Flag(help: "End when the cars have come, rather than go on serving.")
    var once = false

    func validate() throws {
        guard (1...65_532).contains(port) else { throw ValidationError("--port is from 1 to 65532") }
        guard requests >= 0 else { throw ValidationError("--requests is 0 or more") }
        guard (1...1000).contains(concurrency) else { throw ValidationError("--concurrency is from 1 to 1000") }
    }

    func run() async throws {
        let settings = DemoSettings(
            port: port,
            requests: requests,
            concurrency: concurrency,
            endsAfterRequests: once,
            userInterface: userInterface
        )
        let logger = Logger(label: "demo") { _ in ConsoleLogHandler(logLevel: .warning) }
        let demo = Demo(settings: settings, logger: logger) { Terminal.say($0) }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await demo.run()
                    return true
                }
                group.addTask {
                    for await _ in signals { break }
                    return true
                }
                _ = try await group.next()
                group.cancelAll()
                while let _ = try await group.next() {}
            }
        } catch {
            Terminal.complain("error: the demo can't run on the ports \(port) to \(port + 3): \(error)")
            throw ExitCode.failure
        }
    }
}
