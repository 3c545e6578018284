import Foundation
import Testing

/// Runs the tests of the UI's model, which are written in its own language: under node, or else in Chromium.
struct ModelTests {
    @Test(.enabled(if: Runner.found != nil, "neither node nor chromium is on the PATH"))
    func `the model of the UI passes its own tests`() async throws {
        let runner = try #require(Runner.found)
        let output = try runner.run()
        #expect(output.contains(/passed: [1-9]\d*, failed: 0/), "\(output)")
        #expect(!output.contains("FAILED"), "\(output)")
    }
}

/// Something that can run JavaScript modules.
struct Runner {
    let executable: URL
    let arguments: [String]

    static let found: Runner? = {
        let folder = SourceTree.tests.appendingPathComponent("ui")
        if let node = find("node") {
            return Runner(executable: node, arguments: [folder.appendingPathComponent("all.mjs").path])
        }
        for name in ["chromium", "chromium-browser", "google-chrome"] {
            guard let browser = find(name) else { continue }
            return Runner(
                executable: browser,
                arguments: [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                    "--allow-file-access-from-files", "--virtual-time-budget=30000", "--dump-dom",
                    folder.appendingPathComponent("all.html").absoluteString,
                ]
            )
        }
        return nil
    }()

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
