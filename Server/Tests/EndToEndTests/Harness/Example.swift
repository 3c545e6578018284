import Foundation

/// The programs of `Examples/`, as `./dev test` builds them.
enum Example {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../../../Examples").standardized

    /// Where one of the packages is.
    static func folder(_ package: String) throws -> URL {
        let path = folder.appendingPathComponent(package)
        guard FileManager.default.fileExists(atPath: path.appendingPathComponent("Package.swift").path) else {
            throw HarnessError("no package at \(path.path)")
        }
        return path
    }

    /// A program of one of the packages.
    static func program(_ name: String, of package: String) throws -> URL {
        let program = try folder(package).appendingPathComponent(".build/debug/\(name)")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw HarnessError("no \(name) at \(program.path): run ./dev test, which builds it")
        }
        return program
    }
}

/// A service that runs beside the tests and takes HTTP requests on a port of its own.
struct HTTPService {
    let program: Program
    let port: Int

    /// Starts it, and waits until something listens on the port.
    ///
    /// - Parameters:
    ///   - executable: The program.
    ///   - arguments: Its arguments.
    ///   - environment: Its environment, in which `portVariable` is set as well.
    ///   - portVariable: The variable that tells it its port.
    ///   - log: Where its output goes.
    static func start(
        _ executable: URL,
        _ arguments: [String] = [],
        environment: [String: String],
        portVariable: String,
        log: URL
    ) async throws -> HTTPService {
        let port = try Ports.next()
        let own = [portVariable: "\(port)", "no_proxy": "127.0.0.1,localhost", "PYTHONUNBUFFERED": "1"]
        let program = try Program(
            executable,
            arguments,
            environment: environment.merging(own) { $1 },
            log: log
        )
        let isUp: Bool? = try await poll(within: .seconds(60)) {
            if program.hasEnded { throw HarnessError("\(executable.path) ended:\n\(program.output)") }
            // Any answer will do: it listens.
            return try? await HTTP.get(port, "/").status > 0
        }
        guard isUp == true else {
            program.send(signal: SIGKILL)
            throw HarnessError("\(executable.path) does not listen on \(port):\n\(program.output)")
        }
        return HTTPService(program: program, port: port)
    }

    /// Ends it, and waits until it is gone.
    func kill() async throws {
        program.send(signal: SIGKILL)
        _ = try await program.waitForExit()
    }
}
