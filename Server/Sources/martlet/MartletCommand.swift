import ArgumentParser
import MartletServer

/// The program `martlet`.
@main
struct MartletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Distributed tracing in one program: takes, keeps and shows spans.",
        discussion: """
            martlet                     run everything, on localhost
            martlet all-in-one --help   all settings, with their defaults
            martlet collector           take and keep spans, without web page
            martlet agent               take spans by UDP and send them to a collector
            martlet store --help        check, measure, back up what is stored
            martlet load --help         send made-up spans, to see what a server bears
            martlet sampling --help     try policies of tail sampling
            martlet search, trace, compare, services, tail
                                        the same answers in a terminal
            martlet demo                four services with faults in them, to look at

            The web page is at http://localhost:16686. Programs send spans as they send
            them to Jaeger: by UDP to 6831, by OTLP to 4318, by Zipkin to 9411.
            Jaeger's flags and environment variables are understood.
            """,
        subcommands: [
            AllInOne.self, Agent.self, Collector.self, SearchCommand.self, TraceCommand.self, CompareCommand.self,
            ServicesCommand.self, TailCommand.self, DemoCommand.self, LoadCommand.self, SamplingCommand.self,
            Send.self, StoreCommand.self, Version.self,
        ],
        defaultSubcommand: AllInOne.self
    )

    /// Jaeger's command line has flags that the parser must not see, and switches that may have a value.
    static func main() async {
        let arguments = JaegerArguments(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments.understood)
            if var jaegers = command as? any JaegerCommand {
                jaegers.ignored = arguments.ignored
                try await jaegers.run()
            } else if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}

/// Says which version this is.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say which version this is.")

    func run() {
        print("martlet \(Martlet.version)")
    }
}
