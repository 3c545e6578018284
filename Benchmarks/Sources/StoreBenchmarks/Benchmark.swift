import Measuring

/// One thing to measure.
struct Benchmark {
    var name: String
    /// What a round's time is divided by.
    var unit: String
    var rounds = 7
    /// Does one round, and says how many units it did and how much processor time they took, in nanoseconds.
    var round: () async throws -> (units: Int, nanoseconds: Int64)

    func run() async throws -> Outcome {
        // The first one finds cold caches and pages that were never touched.
        _ = try await round()
        var outcome = Outcome(name: name, unit: unit, rounds: [])
        for _ in 0..<rounds {
            let (units, nanoseconds) = try await round()
            outcome.rounds.append(Double(nanoseconds) / Double(units))
        }
        return outcome
    }
}

/// A benchmark that did not do what it is there to measure.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
}

/// Processor time of all threads while something runs.
func processorTime(_ body: () async throws -> Void) async rethrows -> Int64 {
    let start = processNanoseconds()
    try await body()
    return processNanoseconds() - start
}
