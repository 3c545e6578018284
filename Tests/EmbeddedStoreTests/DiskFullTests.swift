import SpanStorage
import Synchronization
import Testing
import TraceModel

@testable import EmbeddedStore

/// A disk that fills up, in a simulation whose time the test moves.
@Suite struct DiskFullTests {
    private let base: UInt64 = 1_700_000_000_000_000_000

    private func open(
        _ disk: SimulatedDisk,
        _ threads: SimulatedThreads,
        bytesMax: Int = .max
    ) throws -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: "data")
        configuration.blockSpansMax = 100
        configuration.storeBytesMax = bytesMax
        try StoreOpening.makeFolders(disk, root: "data")
        let store = try EmbeddedStore.open(
            configuration,
            StoreOpening(files: disk, root: "data", catalogue: try Catalogue(path: ":memory:")),
            hasLog: true,
            lock: nil,
            threads: threads.ofStore
        )
        threads.run()
        return store
    }

    /// Sends a batch and returns what became of it.
    private func send(_ batch: SpanBatch, to store: EmbeddedStore, _ threads: SimulatedThreads) -> SpanStoreError? {
        let answer = Mutex<Result<Void, SpanStoreError>?>(nil)
        store.append(batch) { result in answer.withLock { $0 = result } }
        threads.run()
        switch answer.withLock({ $0 }) {
        case .success?: return nil
        case .failure(let error)?: return error
        case nil: return .io("no answer")
        }
    }

    private func spans(_ store: EmbeddedStore) async throws -> [String] {
        try await store.findTraces(.everything).traces.flatMap(\.descriptions).sorted()
    }

    @Test func `a full disk refuses what comes, answers what is asked, and goes on when there is room`() async throws {
        let disk = SimulatedDisk(seed: 1)
        disk.resize(800 << 10)
        let threads = SimulatedThreads(seed: 1)
        let store = try open(disk, threads)
        var generator = TraceGenerator(seed: 21)
        var model = BruteForce()
        var refusal: SpanStoreError?
        while refusal == nil {
            let batch = generator.batch(spans: 90, traces: 1...5_000, around: base)
            refusal = send(batch, to: store, threads)
            if refusal == nil { model.append(batch) }
        }
        #expect(refusal == .diskFull(path: "data") || refusal?.description.contains("no space is left") == true)
        #expect(store.statistics().isDiskFull)
        #expect(try await spans(store) == model.descriptions)
        // Time alone changes nothing: nobody allowed that spans are put out.
        for _ in 0..<5 {
            threads.passTime()
            threads.run()
            let late = generator.batch(spans: 90, traces: 1...5_000, around: base)
            #expect(send(late, to: store, threads) == .diskFull(path: "data"))
        }
        #expect(try await spans(store) == model.descriptions)
        disk.resize(64 << 20)
        threads.passTime()
        threads.run()
        #expect(!store.statistics().isDiskFull)
        let batch = generator.batch(spans: 90, traces: 1...5_000, around: base)
        #expect(send(batch, to: store, threads) == nil)
        model.append(batch)
        #expect(try await spans(store) == model.descriptions)
    }

    @Test func `with a bound of bytes the oldest spans make room before the bound is reached`() async throws {
        let disk = SimulatedDisk(seed: 2)
        disk.resize(900 << 10)
        let threads = SimulatedThreads(seed: 2)
        let store = try open(disk, threads, bytesMax: 1 << 30)
        var generator = TraceGenerator(seed: 22)
        var refused = 0
        var taken = 0
        for _ in 0..<200 {
            let batch = generator.batch(spans: 90, traces: 1...5_000, around: base)
            if send(batch, to: store, threads) == nil { taken += 90 } else { refused += 1 }
            if refused > 0 { threads.passTime() }
        }
        let statistics = store.statistics()
        #expect(refused > 0)
        #expect(statistics.evicted.diskFull > 0)
        #expect(statistics.evicted.total == statistics.evicted.diskFull)
        #expect(statistics.spans + statistics.evicted.total == UInt64(taken))
        // It goes on taking spans, rather than refuse for good.
        #expect(taken > 3 * 90 * refused)
        #expect(try await spans(store).count == Int(statistics.spans))
    }

    @Test func `when others fill the disk no more than a quarter is put out for them`() async throws {
        let disk = SimulatedDisk(seed: 3)
        disk.resize(3 << 20)
        let threads = SimulatedThreads(seed: 3)
        let store = try open(disk, threads, bytesMax: 1 << 30)
        var generator = TraceGenerator(seed: 23)
        for _ in 0..<100 { _ = send(generator.batch(spans: 90, traces: 1...5_000, around: base), to: store, threads) }
        let before = store.statistics().diskBytes
        disk.resize(disk.used)
        for _ in 0..<50 {
            _ = send(generator.batch(spans: 90, traces: 1...5_000, around: base), to: store, threads)
            disk.resize(disk.used)
            threads.passTime()
            threads.run()
        }
        #expect(store.statistics().isDiskFull)
        #expect(store.statistics().evicted.diskFull > 0)
        #expect(store.statistics().diskBytes > before * 7 / 10)
    }

    @Test(.enabled(if: TinyDisk.isPossible, "only the administrator can make a small disk"))
    func `on a real disk that is full the store goes on answering, and takes spans again by itself`() async throws {
        let disk = try TinyDisk(bytes: 2 << 20)
        var configuration = EmbeddedStoreConfiguration(directory: "\(disk.path)/data")
        configuration.blockSpansMax = 1_000
        let store = try EmbeddedStore.open(configuration)
        var generator = TraceGenerator(seed: 24)
        var model = BruteForce()
        var refusal: SpanStoreError?
        while refusal == nil {
            let batch = generator.batch(spans: 500, traces: 1...5_000, around: base)
            do {
                try await store.append(batch)
                model.append(batch)
            } catch {
                refusal = error
            }
        }
        guard case .diskFull? = refusal else { return #expect(refusal == .diskFull(path: "\(disk.path)/data")) }
        #expect(try await spans(store) == model.descriptions)
        #expect(disk.resize(64 << 20))
        let deadline = ContinuousClock.now + .seconds(120)
        while store.statistics().isDiskFull, ContinuousClock.now < deadline { await Task.yield() }
        let batch = generator.batch(spans: 500, traces: 1...5_000, around: base)
        try await store.append(batch)
        model.append(batch)
        await store.close()
        let again = try EmbeddedStore.open(configuration)
        #expect(try await spans(again) == model.descriptions)
        await again.close()
    }
}
