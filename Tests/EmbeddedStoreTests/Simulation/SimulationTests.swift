import SpanStorage
import Synchronization
import Testing
import TraceModel

@testable import EmbeddedStore

/// The whole store in one thread, from a seed: batches come, the disk fails, the process dies, the power goes, and what
/// is there afterwards is compared with what was sent and what was acknowledged.
@Suite struct SimulationTests {
    /// What became of the batches that were sent, by number.
    private final class Outcomes: Sendable {
        private let results = Mutex<[Int: Bool]>([:])

        func set(_ batch: Int, _ isStored: Bool) { results.withLock { $0[batch] = isStored } }
        subscript(batch: Int) -> Bool? { results.withLock { $0[batch] } }
    }

    /// One life of the data directory, over several processes.
    private struct World {
        let seed: UInt64
        let durability: Durability
        let powerCuts: Bool
        let disk: SimulatedDisk
        let catalogue: Catalogue
        let outcomes = Outcomes()
        var random: SplitMix
        var generator: TraceGenerator
        var sent: [[String]] = []

        init(seed: UInt64, durability: Durability, powerCuts: Bool) throws {
            self.seed = seed
            self.durability = durability
            self.powerCuts = powerCuts
            disk = SimulatedDisk(seed: seed)
            catalogue = try Catalogue(path: ":memory:")
            random = SplitMix(state: seed &+ 1)
            generator = TraceGenerator(seed: seed &+ 2)
        }

        func open(_ threads: SimulatedThreads) throws -> EmbeddedStore {
            var configuration = EmbeddedStoreConfiguration(directory: "data", durability: durability)
            configuration.blockSpansMax = 12
            configuration.queueBytesMax = 200_000
            return try EmbeddedStore.open(
                configuration,
                StoreOpening(files: disk, root: "data", catalogue: catalogue),
                hasLog: true,
                lock: nil,
                threads: (threads.thread(0), threads.thread(1))
            )
        }

        /// A process that takes batches until it dies or has had enough.
        mutating func live() throws {
            let threads = SimulatedThreads(seed: random.next())
            let store = try open(threads)
            let operations = Int(random.next() % 60)
            disk.trouble(rate: random.next() % 2 == 0 ? 0 : 12, deadAfter: random.next() % 3 == 0 ? nil : operations)
            for _ in 0..<(5 + random.next() % 20) where !disk.isDead {
                send(to: store)
                for _ in 0..<(random.next() % 4) where !disk.isDead { _ = threads.step() }
                if random.next() % 4 == 0 { threads.passTime() }
            }
            if random.next() % 2 == 0, !disk.isDead { threads.run() }
        }

        private mutating func send(to store: EmbeddedStore) {
            let spans = Int(random.next() % 6) + 1
            let batch = generator.batch(spans: spans, traces: 1...30, around: 1_700_000_000_000_000_000)
            let number = sent.count
            sent.append(batch.descriptions)
            store.append(batch) { [outcomes, disk] result in
                // A process that is dead tells nobody anything.
                if disk.isDead { return }
                if case .success = result { outcomes.set(number, true) } else { outcomes.set(number, false) }
            }
        }

        /// Opens the store after a crash and says what is not as it must be.
        mutating func violations() async throws -> [String] {
            var violations: [String] = []
            disk.restart(powerCut: powerCuts)
            let threads = SimulatedThreads(seed: random.next())
            let store = try open(threads)
            threads.run()
            let query = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: TraceQuery.limitMax)
            let found = try await store.findTraces(query).traces.flatMap(\.descriptions).sorted()
            var left = found[...]
            var extra: [String] = []
            var expected: [String] = []
            for (number, spans) in sent.enumerated() where outcomes[number] == true { expected += spans }
            for span in expected.sorted() {
                while let first = left.first, first < span { extra.append(left.removeFirst()) }
                if left.first == span { left.removeFirst() } else { violations.append("seed \(seed): lost \(span)") }
            }
            extra += left
            // What is there without an acknowledgement must at least have been sent, and only once.
            var unacknowledged: Set<String> = []
            for (number, spans) in sent.enumerated() where outcomes[number] != true {
                // A refusal holds through a crash; after a power cut a disk may still have what it said it had not.
                if outcomes[number] == nil || powerCuts { unacknowledged.formUnion(spans) }
            }
            for span in extra where unacknowledged.remove(span) == nil {
                violations.append("seed \(seed): made up, doubled or refused: \(span)")
            }
            // From here on what came through counts as there.
            let there = Set(found)
            for (number, spans) in sent.enumerated() where outcomes[number] == nil {
                outcomes.set(number, spans.allSatisfy(there.contains))
            }
            return violations
        }
    }

    private func simulate(seeds: Range<UInt64>, durability: Durability, powerCuts: Bool) async throws -> [String] {
        var violations: [String] = []
        for seed in seeds {
            var world = try World(seed: seed, durability: durability, powerCuts: powerCuts)
            for _ in 0..<4 {
                try world.live()
                violations += try await world.violations()
                // Nothing here ever waits: other tests need the thread too.
                await Task.yield()
            }
        }
        return violations
    }

    @Test(arguments: 0..<8)
    func `nothing acknowledged is lost or doubled when the process dies at any moment`(part: UInt64) async throws {
        let seeds = part * 8..<(part + 1) * 8
        #expect(try await simulate(seeds: seeds, durability: .os, powerCuts: false) == [])
    }

    @Test(arguments: 0..<8)
    func `with fsync nothing acknowledged is lost or doubled when the power goes`(part: UInt64) async throws {
        let seeds = 1_000 + part * 8..<1_000 + (part + 1) * 8
        #expect(try await simulate(seeds: seeds, durability: .fsync, powerCuts: true) == [])
    }
}
