import Foundation
import Testing

/// Runs the tests of the UI that are written in its own language.
struct ScriptTests {
    @Test(.enabled(if: Runner.node != nil, "node is not on the PATH; the browser runs the same tests"))
    func `the model of the UI passes its own tests`() throws {
        try expectSuccess(#require(Runner.node))
    }

    @Test(.enabled(if: Runner.browser != nil, "no Chromium is on the PATH"))
    func `the model and the drawing of the UI pass their own tests in a browser`() throws {
        try expectSuccess(#require(Runner.browser))
    }

    private func expectSuccess(_ runner: Runner) throws {
        let output = try runner.run()
        #expect(output.contains(/passed: [1-9]\d*, failed: 0/), "\(output)")
        #expect(!output.contains("FAILED"), "\(output)")
    }
}

/// Something that can run JavaScript modules.
struct Runner {
    let executable: URL
    let arguments: [String]

    static let folder = SourceTree.tests.appendingPathComponent("ui")

    static let node = find("node").map {
        Runner(executable: $0, arguments: [folder.appendingPathComponent("node.mjs").path])
    }

    static let browser = ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap(find).first.map {
        Runner(
            executable: $0,
            arguments: [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--allow-file-access-from-files", "--virtual-time-budget=30000", "--dump-dom",
                folder.appendingPathComponent("browser.html").absoluteString,
            ]
        )
    }

    /// Runs to the end and returns what was printed.
    func run() throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    private static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
