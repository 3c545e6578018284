import ArgumentParser

/// Which services there are, and what one of them does.
struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "List the services that have sent spans, or the operations of one.",
        discussion: "Ends with code 1 if there are none, and 2 if nobody could be asked."
    )

    @OptionGroup var options: AskOptions

    @Argument(help: "A service, to list its operations.") var service: String?

    func run() async throws {
        try await options.ask { asking in
            if let service {
                let found = try await asking.data(
                    "/api/operations",
                    [("service", service)],
                    as: [OperationDocument].self
                )
                let operations = found.data ?? []
                if !options.json {
                    let width = operations.map(\.spanKind.columns).max() ?? 0
                    for operation in operations {
                        let kind = options.style.faint(operation.spanKind.fitted(width))
                        Terminal.say("\(kind)  \(operation.name.shown)")
                    }
                }
                if operations.isEmpty { throw nothing("\(service) has no operations here") }
            } else {
                let services = try await asking.data("/api/services", as: [String].self).data ?? []
                if !options.json { for name in services { Terminal.say(options.style.service(name.shown, name)) } }
                if services.isEmpty { throw nothing("no service has sent a span yet") }
            }
        }
    }

    private func nothing(_ words: String) -> AskFailure { AskFailure(description: words, code: ExitCode(1)) }
}
