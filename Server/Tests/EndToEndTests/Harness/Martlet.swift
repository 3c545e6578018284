import Foundation

/// The real server: the binary that was built beside these tests, on ports and in a folder of its own.
final class Martlet: Sendable {
    let ports: Ports
    let program: Program

    private init(ports: Ports, program: Program) {
        self.ports = ports
        self.program = program
    }

    /// Where SwiftPM puts executables: the folder of the test bundle that runs now.
    static let binary: URL = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent("martlet")
    }()

    /// Starts a server and waits until it says that it is well.
    static func start(dataFolder: URL, ports: Ports, flags: [String] = []) async throws -> Martlet {
        let log = dataFolder.appendingPathExtension("\(ports.query).log")
        let program = try launch(dataFolder: dataFolder, ports: ports, flags: flags, log: log)
        let isUp: Bool? = try await poll(every: .milliseconds(5)) {
            if program.hasEnded { throw HarnessError("martlet ended while it started:\n\(program.output)") }
            guard let answer = try? await HTTP.get(ports.admin, "/"), answer.status == 200 else { return nil }
            return true
        }
        guard isUp == true else {
            program.send(signal: SIGKILL)
            throw HarnessError("martlet does not say that it is well on port \(ports.admin):\n\(program.output)")
        }
        return Martlet(ports: ports, program: program)
    }

    /// The variables that tell Jaeger's clients, in any language, where to send their spans.
    var clientEnvironment: [String: String] {
        ["JAEGER_AGENT_HOST": "127.0.0.1", "JAEGER_AGENT_PORT": "\(ports.compact)"]
    }

    /// Starts the program without waiting for anything.
    static func launch(dataFolder: URL, ports: Ports, flags: [String] = [], log: URL) throws -> Program {
        guard FileManager.default.isExecutableFile(atPath: binary.path) else {
            throw HarnessError("no server at \(binary.path): build it with swift build --package-path Server")
        }
        let arguments = ports.flags + ["--data-dir=\(dataFolder.path)"] + flags
        return try Program(binary, arguments, log: log)
    }

    /// Asks it to stop, and waits until it has.
    func stop() async throws -> Program.Exit {
        program.send(signal: SIGTERM)
        return try await program.waitForExit()
    }

    /// Ends it in the middle of whatever it does, and waits until it is gone.
    func kill() async throws {
        program.send(signal: SIGKILL)
        _ = try await program.waitForExit()
    }
}

/// Runs `body` with a server that starts empty and leaves nothing behind.
func withMartlet<Value>(flags: [String] = [], _ body: (Martlet) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let data = folder.appendingPathComponent("data")
        let server = try await Martlet.start(dataFolder: data, ports: try Ports.choose(), flags: flags)
        do {
            let value = try await body(server)
            try await server.kill()
            return value
        } catch {
            try await server.kill()
            throw HarnessError("\(error)\n--- martlet said:\n\(server.program.output)")
        }
    }
}
