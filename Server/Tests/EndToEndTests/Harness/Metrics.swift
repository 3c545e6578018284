/// The server's own counters, as Prometheus reads them.
struct Metrics: Sendable {
    /// Each sample's value by its name with labels.
    let samples: [String: Double]

    static func read(_ server: Martlet) async throws -> Metrics {
        let answer = try await HTTP.get(server.ports.admin, "/metrics")
        guard answer.status == 200 else { throw HarnessError("GET /metrics: \(answer.status) \(answer.text)") }
        var samples: [String: Double] = [:]
        for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                throw HarnessError("a line of /metrics that is no sample: \(line)")
            }
            samples[String(line[..<space])] = value
        }
        return Metrics(samples: samples)
    }

    /// The sum of all counters that tell of something refused.
    var failures: Double {
        samples.filter { sample, _ in
            ["error", "reject", "refus", "fail", "invalid", "malformed", "reason="].contains { sample.contains($0) }
        }.values.reduce(0, +)
    }
}
