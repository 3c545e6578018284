import Foundation
import Testing

/// The whole store in one thread, from a seed: batches come, any call of the disk fails, the process dies, the power
/// goes, bytes rot, and what is there afterwards is compared with what was sent and what was acknowledged.
///
/// `MARTLET_SIMULATION_SEEDS=100` runs one seed, `MARTLET_SIMULATION_SEEDS=0-100000` as many as one likes.
@Suite struct SimulationTests {
    private static let parts: UInt64 = 16

    /// The seeds to run.
    private static let seeds: ClosedRange<UInt64> = {
        let text = ProcessInfo.processInfo.environment["MARTLET_SIMULATION_SEEDS"] ?? "0-1999"
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { return 0...0 }
        return first...last
    }()

    @Test(arguments: 0..<parts)
    func `whatever fails, what was acknowledged is there once and all is found`(part: UInt64) async throws {
        var events = SimulatedEvents()
        var worlds = 0
        for seed in Self.seeds where seed % Self.parts == part {
            events += try await Self.expect(seed)
            worlds += 1
        }
        // Somewhere among so many all of it happens, or the test is none.
        if worlds >= 50 {
            #expect(events.mergedSegments > 0 && events.deletedTraces > 0, "\(events)")
            #expect(events.openDeletions > 0 && events.pins > 0, "\(events)")
        }
    }

    /// Each call in turn, in one world: none is too rare to be met by chance.
    @Test(arguments: [(5, "the disk errs"), (28, "the disk is full")] as [(Int32, String)])
    func `no single call of the disk that changes something may fail and do harm`(code: Int32, reason: String)
        async throws
    {
        let calls = try await SimulatedWorld.calls(seed: 42)
        #expect(calls > 70)
        for call in 0..<calls {
            let violations = try await SimulatedWorld.run(seed: 42, failure: (call, code)).violations
            #expect(violations == [], "\(reason) at call \(call)")
        }
    }

    private static func expect(_ seed: UInt64) async throws -> SimulatedEvents {
        let (violations, events) = try await SimulatedWorld.run(seed: seed)
        let command = "MARTLET_SIMULATION_SEEDS=\(seed) ./dev test-core --filter SimulationTests"
        #expect(violations == [], "seed \(seed), again with: \(command)")
        return events
    }
}
