import Foundation
import Synchronization

/// A program that runs beside the tests, with its output in a file.
final class Program: Sendable {
    private struct State {
        var exit: Exit?
        var waiting: [CheckedContinuation<Exit, Never>] = []
    }

    /// How a program ended.
    struct Exit: Sendable, Equatable {
        let code: Int32
        let wasSignal: Bool
    }

    let processIdentifier: Int32
    private let process: Process
    private let log: URL
    private let state = Mutex(State())

    /// Starts it; `log` receives what it writes, both streams.
    init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
            throw HarnessError("cannot make \(log.path)")
        }
        let output = try FileHandle(forWritingTo: log)
        defer { try? output.close() }
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        self.log = log
        self.process = process
        let ended = Ended()
        process.terminationHandler = { ended.report($0) }
        try process.run()
        processIdentifier = process.processIdentifier
        ended.tell { [weak self] exit in self?.finish(exit) }
    }

    /// What it has written so far.
    var output: String {
        FileManager.default.contents(atPath: log.path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    var hasEnded: Bool { state.withLock { $0.exit != nil } }

    /// Bytes of memory that it holds; nil where the system does not say.
    var residentBytes: Int? {
        guard let status = FileManager.default.contents(atPath: "/proc/\(processIdentifier)/status") else { return nil }
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    func send(signal: Int32) {
        if !hasEnded { kill(processIdentifier, signal) }
    }

    /// Waits for its end; kills it when that takes too long.
    func waitForExit(within limit: Duration = .seconds(60)) async throws -> Exit {
        let watchdog = Task {
            try await Task.sleep(for: limit)
            send(signal: SIGKILL)
        }
        defer { watchdog.cancel() }
        return await withCheckedContinuation { continuation in
            let exit = state.withLock { state in
                if state.exit == nil { state.waiting.append(continuation) }
                return state.exit
            }
            if let exit { continuation.resume(returning: exit) }
        }
    }

    /// Runs a program to its end.
    ///
    /// Throws with all of its output when it fails.
    static func run(
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        within limit: Duration = .seconds(120)
    ) async throws -> String {
        try await withTemporaryFolder { folder in
            let log = folder.appendingPathComponent("output")
            let program = try Program(executable, arguments, environment: environment, log: log)
            let exit = try await program.waitForExit(within: limit)
            guard exit == Exit(code: 0, wasSignal: false) else {
                let how = exit.wasSignal ? "was ended by signal \(exit.code)" : "ended with code \(exit.code)"
                let what = ([executable.lastPathComponent] + arguments).joined(separator: " ")
                // The end of the output says why; its mark makes `./dev test` show these lines.
                let reason = program.output.split(separator: "\n").suffix(20).map { "↳ \($0)" }
                throw HarnessError("\(what) \(how):\n\(program.output)\n\(reason.joined(separator: "\n"))")
            }
            return program.output
        }
    }

    private func finish(_ exit: Exit) {
        let waiting = state.withLock { state in
            state.exit = exit
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: exit) }
    }

    /// Brings the end of a process, which may come before anybody listens, to the one who does.
    private final class Ended: Sendable {
        private let state = Mutex<(exit: Exit?, listener: (@Sendable (Exit) -> Void)?)>((nil, nil))

        func report(_ process: Process) {
            let exit = Exit(code: process.terminationStatus, wasSignal: process.terminationReason == .uncaughtSignal)
            state.withLock { state in
                state.exit = exit
                return state.listener
            }?(exit)
        }

        func tell(_ listener: @escaping @Sendable (Exit) -> Void) {
            let exit = state.withLock { state in
                state.listener = listener
                return state.exit
            }
            if let exit { listener(exit) }
        }
    }
}

/// A folder that is gone afterwards.
func withTemporaryFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
