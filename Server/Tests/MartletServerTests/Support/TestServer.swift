import Foundation
import Logging
import MartletServer
import SpanStorage
import TraceModel

/// Settings of a server in memory on free ports.
func testSettings(_ change: (inout ServerSettings) -> Void = { _ in }) -> ServerSettings {
    var settings = ServerSettings()
    let free = ListenAddress(host: "127.0.0.1", port: 0)
    settings.queryAddress = free
    settings.collectorAddress = free
    settings.collectorGRPCAddress = free
    settings.otlpAddress = free
    settings.otlpGRPCAddress = free
    settings.zipkinAddress = free
    settings.jaegerCompactAddress = free
    settings.jaegerBinaryAddress = free
    settings.zipkinCompactAddress = free
    settings.samplingAddress = free
    settings.samplingGRPCAddress = free
    settings.queryGRPCAddress = free
    settings.adminAddress = free
    settings.storage = .memory
    settings.stopTimeout = .seconds(2)
    change(&settings)
    return settings
}

/// Runs a test against such a server.
func withTestServer<Result: Sendable>(
    _ change: (inout ServerSettings) -> Void = { _ in },
    _ body: (RunningServer) async throws -> Result
) async throws -> Result {
    try await withServer(testSettings(change), logger: .silent, body)
}

extension Logger {
    /// A logger that writes nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension RunningServer {
    /// A connection to a port.
    func client(_ name: PortName) throws -> TestClient {
        guard let port = port(name) else { throw TestClient.Failure("the server does not listen on \(name)") }
        return try TestClient(port: port)
    }

    /// The value of a metric's sample, by the beginning of its line up to the value.
    func metric(_ sample: String) async throws -> UInt64? {
        let client = try client(.admin)
        let text = try await client.get("/metrics").body
        for line in text.split(separator: "\n") where line.hasPrefix(sample + " ") {
            return UInt64(line.dropFirst(sample.count + 1))
        }
        return nil
    }
}

/// Asks again and again until the answer is yes, or the time is over.
func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}

/// Removes a folder of a test's.
func removeFolder(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
}

/// A folder that does not exist yet.
func temporaryFolder() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)").path
}
