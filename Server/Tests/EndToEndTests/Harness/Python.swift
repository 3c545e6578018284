import Foundation

/// The real clients from PyPI, in the Python environment that `./dev test` makes.
enum Python {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("python")

    private static let repository = folder.appendingPathComponent("../../../..").standardized

    /// Runs a script of the `python` folder and returns what it printed.
    static func run(
        _ script: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        within limit: Duration = .seconds(120)
    ) async throws -> String {
        let environment = common.merging(environment) { $1 }
        let arguments = [path(script)] + arguments
        return try await Program.run(try interpreter(), arguments, environment: environment, within: limit)
    }

    /// Runs the quick start of the page, its jobs API played by a stand-in, against the server's UDP port.
    static func runQuickStart(against server: Martlet) async throws -> String {
        try await runWithJobsAPI([try interpreter().path, path("quick_start.py")], against: server)
    }

    /// Runs a program that finds a jobs API in `JOBS_API` and `JOBS_URL`, and where to send its spans in Jaeger's own
    /// variables.
    static func runWithJobsAPI(_ arguments: [String], against server: Martlet) async throws -> String {
        let environment = common.merging(server.clientEnvironment) { $1 }
        return try await Program.run(try interpreter(), [path("jobs_api.py")] + arguments, environment: environment)
    }

    /// Starts a script that serves HTTP.
    static func serve(
        _ arguments: [String],
        environment: [String: String],
        portVariable: String,
        log: URL
    ) async throws -> HTTPService {
        try await HTTPService.start(
            try interpreter(),
            [path(arguments[0])] + arguments.dropFirst(),
            environment: common.merging(environment) { $1 },
            portVariable: portVariable,
            log: log
        )
    }

    /// Starts a script and does not wait for it; `log` receives what it prints.
    static func start(_ script: String, _ arguments: [String], log: URL) throws -> Program {
        try Program(try interpreter(), [path(script)] + arguments, environment: common, log: log)
    }

    /// Zeros, compressed with gzip to about a thousandth.
    static func gzippedZeros(megabytes: Int) async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("zeros.gz")
            let code = """
                import gzip, sys
                with gzip.open(sys.argv[1], 'wb') as out:
                    for _ in range(int(sys.argv[2])): out.write(bytes(1 << 20))
                """
            _ = try await Program.run(try interpreter(), ["-c", code, file.path, "\(megabytes)"])
            return [UInt8](try Data(contentsOf: file))
        }
    }

    /// What is in a gzip file.
    static func gunzip(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            let (packed, plain) = (folder.appendingPathComponent("a.gz"), folder.appendingPathComponent("a"))
            try Data(bytes).write(to: packed)
            let code = "import gzip, sys; open(sys.argv[2], 'wb').write(gzip.open(sys.argv[1]).read())"
            _ = try await Program.run(try interpreter(), ["-c", code, packed.path, plain.path])
            return [UInt8](try Data(contentsOf: plain))
        }
    }

    private static let common = ["PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"]

    private static func path(_ script: String) -> String { folder.appendingPathComponent(script).path }

    private static func interpreter() throws -> URL {
        let own = repository.appendingPathComponent(".venv/bin/python").path
        let path = ProcessInfo.processInfo.environment["MARTLET_PYTHON"] ?? own
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw HarnessError("no Python with the real clients at \(path): run ./dev test, which makes it")
        }
        return URL(fileURLWithPath: path)
    }
}
