import ArgumentParser
import Logging
import MartletServer
import UnixSignals

/// A command that takes Jaeger's command line.
protocol JaegerCommand: AsyncParsableCommand {
    /// Flags of Jaeger's that were given and have no effect; they are not the parser's business.
    var ignored: [String] { get set }
}

/// What all commands have in common that run until they are told to stop.
enum ServerProgram {
    /// Runs a server.
    static func run(_ role: ServerRole, flags: [[SettingName: String]], ignored: [String]) async throws {
        HeapArenas.limit()
        let reader = SettingsReader(role: role, flags: joined(flags), environment: environment())
        try check(reader)
        let settings = reader.settings
        let logger = logger(settings, warnings: reader.warnings, ignored: ignored)
        FileLimit.raise()
        try await untilStopped(logger) { stops in
            try await withServer(settings, logger: logger) { server in
                StartBanner(server: server, settings: settings, role: role).show()
                for await _ in stops { break }
            }
        }
    }

    /// The flags of several groups.
    static func joined(_ groups: [[SettingName: String]]) -> [SettingName: String] {
        groups.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// Ends the program with what cannot be used, if there is anything.
    static func check(_ reader: SettingsReader) throws {
        if reader.errors.isEmpty { return }
        for error in reader.errors { Terminal.complain("error: \(error)") }
        throw ExitCode.failure
    }

    /// The logger, which has told of what has no effect.
    static func logger(_ settings: ServerSettings, warnings: [String], ignored: [String]) -> Logger {
        let logger = Logger(label: "martlet") { _ in ConsoleLogHandler(logLevel: settings.logLevel) }
        let warnings = warnings + (IgnoredJaegerSetting.warning(about: ignored).map { [$0] } ?? [])
        for warning in warnings { logger.warning("\(warning)") }
        return logger
    }

    /// A logger that writes nothing, for commands that talk to the terminal themselves.
    static var silent: Logger { Logger(label: "martlet") { _ in SwiftLogNoOpLogHandler() } }

    /// Runs `body` until the first signal to stop, of which it hears; a second one ends the process at once.
    static func untilStopped(
        _ logger: Logger,
        _ body: (AsyncStream<Void>) async throws -> Void
    ) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var isStopping = false
                    for await signal in signals {
                        if isStopping { Terminal.end(code: signal == .sigint ? 130 : 143) }
                        isStopping = true
                        logger.info("stopping at \(signal); the same again stops at once")
                        stop.yield()
                    }
                }
                defer { group.cancelAll() }
                try await body(stops)
            }
        } catch let error as StartError {
            Terminal.complain("error: \(error)")
            throw ExitCode.failure
        }
    }

    /// The variables that mean something.
    static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        for name in SettingsReader.variables {
            if let value = Terminal.variable(name) { variables[name] = value }
        }
        return variables
    }
}
