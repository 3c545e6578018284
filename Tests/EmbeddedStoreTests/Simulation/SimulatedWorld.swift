import SpanStorage
import Synchronization
import TraceModel

@testable import EmbeddedStore

/// One data directory, from a seed, through several processes that die: what they are sent, what goes wrong, and what
/// must be there nevertheless.
struct SimulatedWorld {
    /// What a seed decides about a world.
    struct Laws {
        var durability = Durability.os
        /// Whether a process may end by a power cut too.
        var powerCuts = false
        /// How old spans may become: nanoseconds.
        var ageMax: UInt64?
        /// Whether damage is done to files while no process runs.
        var flips = false
        var blockSpans = 12
        /// Whether somebody deletes and pins traces.
        var isMaintained = false

        /// Whether an acknowledgement holds through the end of a process.
        func keepsAcknowledged(powerCut: Bool) -> Bool {
            switch durability {
            case .fsync: true
            case .os: !powerCut
            case .async: false
            }
        }
    }

    /// What the store's threads tell the world.
    private final class Answers: Sendable {
        private let fates = Mutex<[(Int, SimulatedModel.Fate)]>([])

        func add(_ batch: Int, _ fate: SimulatedModel.Fate) { fates.withLock { $0.append((batch, fate)) } }
        func take() -> [(Int, SimulatedModel.Fate)] {
            fates.withLock { fates in
                defer { fates = [] }
                return fates
            }
        }
    }

    private static let base: UInt64 = 1_700_000_000_000_000_000

    let laws: Laws
    let disk: SimulatedDisk
    private let diskNumber: Int
    private let answers = Answers()
    private let clock = SimulatedClock(Self.base)
    var random: SplitMix
    var generator: TraceGenerator
    private var queries: RandomFilter
    var model = SimulatedModel()
    private(set) var violations: [String] = []
    var events = SimulatedEvents()
    /// The spans that were there when it was last looked.
    private var found: Set<UInt64> = []
    /// The one call that is to fail, if nothing else is to go wrong.
    private let failure: (after: Int, code: Int32)?
    /// The catalogue was damaged, and its copy does not have the figures by the minute: some may be gone.
    private var hasLostRollups = false
    /// A store that showed less than it had cannot have found all callers.
    private var hasLostCalls = false
    /// Whether the last process could not write the catalogue's copy.
    private var isCopyBehind = false
    /// A store that shows less than it has, because the disk did not let it read.
    var isBlind = false

    init(seed: UInt64, failure: (after: Int, code: Int32)? = nil) throws(SimulationError) {
        self.failure = failure
        random = SplitMix(state: seed)
        var laws = Laws()
        laws.durability = [.os, .os, .fsync, .fsync, .fsync, .async][random.number(below: 6)]
        laws.powerCuts = laws.durability == .fsync ? random.number(below: 4) > 0 : random.number(below: 4) == 0
        laws.ageMax = random.number(below: 4) == 0 ? 600_000_000_000 : nil
        laws.flips = random.number(below: 5) == 0
        laws.blockSpans = [5, 12, 12, 40][random.number(below: 4)]
        laws.isMaintained = random.number(below: 2) == 0
        if failure != nil { laws = Laws(durability: .fsync, powerCuts: true) }
        self.laws = laws
        generator = TraceGenerator(seed: random.next())
        queries = RandomFilter(seed: random.next())
        disk = SimulatedDisk(seed: random.next())
        guard let number = SimulatedSQLite.add(disk) else { throw SimulationError("SQLite takes no file system") }
        diskNumber = number
    }

    /// Lives through a number of processes and returns what was not as it must be.
    ///
    /// Anything may go wrong at any time, or with `failure` nothing but one call of the disk in the first process.
    static func run(seed: UInt64, failure: (after: Int, code: Int32)? = nil)
        async throws -> (violations: [String], events: SimulatedEvents)
    {
        var world = try SimulatedWorld(seed: seed, failure: failure)
        defer { SimulatedSQLite.remove(world.diskNumber) }
        let lives = failure == nil ? 3 : 2
        for life in 1...lives where world.violations.isEmpty {
            try await world.live()
            world.crash()
            try await world.inspect(inFull: life == lives)
            // Nothing here ever waits: other tests need the thread too.
            await Task.yield()
        }
        return (world.violations.map { "\(world.laws): \($0)" }, world.events)
    }

    /// How often a world calls its disk when nothing goes wrong.
    static func calls(seed: UInt64) async throws -> Int {
        var world = try SimulatedWorld(seed: seed, failure: (.max, 0))
        defer { SimulatedSQLite.remove(world.diskNumber) }
        try await world.live()
        return world.disk.calls
    }

    private func open(_ threads: SimulatedThreads) throws(SpanStoreError) -> EmbeddedStore {
        var configuration = EmbeddedStoreConfiguration(directory: "data", durability: laws.durability)
        configuration.blockSpansMax = laws.blockSpans
        configuration.queueBytesMax = 20_000
        configuration.ageMaxNanoseconds = laws.ageMax
        configuration.now = { [clock] in clock.now }
        configuration.mergedSegmentsMin = 2
        // Clocks jump here, and no call is to be given up for that.
        configuration.callWaitNanoseconds = .max
        try StoreOpening.makeFolders(disk, root: "data")
        let path = "\(diskNumber):data/catalogue.sqlite"
        let recovery = CatalogueRecovery(files: disk, root: "data", path: path, vfs: SimulatedSQLite.name)
        let (catalogue, notes) = try recovery.open()
        return try EmbeddedStore.open(
            configuration,
            StoreOpening(files: disk, root: "data", catalogue: catalogue, notes: notes),
            hasLog: true,
            lock: nil,
            threads: threads.ofStore
        )
    }

    /// A process that takes batches until it dies or has had enough.
    private mutating func live() async throws {
        let threads = SimulatedThreads(seed: random.next())
        let trouble = nextTrouble()
        let failsAtStart = failure != nil || random.number(below: 3) == 0
        if failsAtStart { disk.begin(trouble) }
        guard let store = try opened(threads, mayFail: failsAtStart) else { return }
        if !failsAtStart { disk.begin(trouble) }
        for _ in 0..<(5 + random.number(below: 20)) where !disk.isDead {
            send(to: store)
            for _ in 0..<random.number(below: 4) where !disk.isDead { _ = threads.step() }
            if random.number(below: 4) == 0 { passTime(threads) }
            if laws.isMaintained, random.number(below: 6) == 0, !disk.isDead { maintain(store, threads) }
            if failure == nil, random.number(below: 20) == 0 { disk.setFull(random.number(below: 2) == 0) }
            if random.number(below: 10) == 0, !disk.isDead { try await look(at: store, inFull: false, mayFail: true) }
        }
        if random.number(below: 2) == 0, !disk.isDead { threads.run() }
        takeAnswers()
        events.mergedSegments += store.statistics().mergedSegments
        if random.number(below: 4) == 0, !disk.isDead { close(store, threads) }
        isCopyBehind = store.upkeep.catalogue.copyError != nil
        // Before SQLite gets to close its files.
        disk.kill()
    }

    private mutating func nextTrouble() -> SimulatedDisk.Trouble {
        var trouble = SimulatedDisk.Trouble()
        if let failure {
            if disk.calls == 0 { trouble.failure = failure }
            return trouble
        }
        if random.number(below: 2) == 0 { trouble.failureRate = UInt64([10, 25, 60][random.number(below: 3)]) }
        if random.number(below: 8) == 0 { trouble.readFailureRate = 15 }
        if random.number(below: 3) > 0 { trouble.callsLeft = random.number(below: 250) }
        return trouble
    }

    private mutating func opened(_ threads: SimulatedThreads, mayFail: Bool) throws -> EmbeddedStore? {
        do {
            let store = try open(threads)
            isBlind = store.statistics().damagedSegments > 0
            if isBlind { hasLostCalls = true }
            let isRebuilt = { (note: String) in note.contains("made again from its copy") }
            if !hasLostRollups, let note = store.openingNotes.first(where: isRebuilt) {
                violations.append("nobody has damaged the catalogue, but: \(note)")
            }
            return store
        } catch {
            if !mayFail { violations.append("does not open: \(error)") }
            return nil
        }
    }

    mutating func send(to store: EmbeddedStore) {
        let spans = random.number(below: 6) + 1
        let batch = generator.batch(spans: spans, traces: 1...30, around: Self.base)
        let number = model.send(batch)
        store.append(batch) { [answers, disk] result in
            // A process that is dead tells nobody anything.
            if disk.isDead { return }
            switch result {
            case .success: answers.add(number, .stored)
            case .failure(.overloaded), .failure(.closed): answers.add(number, .refused)
            case .failure: answers.add(number, .failed)
            }
        }
    }

    mutating func takeAnswers() {
        for (batch, fate) in answers.take() { model.set(batch, fate) }
        model.passTime(to: clock.now, ageMax: laws.ageMax ?? .max)
    }

    /// Lets the time go on; clocks jump.
    private mutating func passTime(_ threads: SimulatedThreads) {
        takeAnswers()
        let day: Int64 = 86_400_000_000_000
        let jump = random.number(below: 12) == 0 ? [day, -day, 700_000_000_000][random.number(below: 3)] : 0
        clock.advance(jump + Int64(random.number(below: 90_000_000_000)))
        takeAnswers()
        threads.passTime()
    }

    /// Ends a process as a person does.
    private mutating func close(_ store: EmbeddedStore, _ threads: SimulatedThreads) {
        SimulatedTask(threads) { await store.close() }.wait { threads.run() }
        takeAnswers()
    }

    private mutating func crash() {
        takeAnswers()
        let isCut = laws.powerCuts && random.number(below: 4) > 0
        model.crash(
            keepsAcknowledged: laws.keepsAcknowledged(powerCut: isCut),
            hasRemains: disk.hasRemains || isCut,
            powerCut: isCut
        )
        disk.restart(powerCut: isCut)
        if laws.flips, random.number(below: 2) == 0 { flip() }
    }

    /// Damages a byte of a file.
    private mutating func flip() {
        let paths = disk.paths.filter { !$0.contains("/damaged/") }
        guard !paths.isEmpty else { return }
        let path = paths[random.number(below: paths.count)]
        let bytes = disk.content(path)
        if bytes.isEmpty { return }
        model.damage(Self.spans(of: bytes, path))
        if path.contains("catalogue.sqlite") {
            hasLostRollups = true
            // What the disk did not let the copy have is lost with the catalogue.
            if isCopyBehind { model.forgetPromises() }
        }
        let offset = random.number(below: bytes.count)
        if path.hasSuffix(".log"), offset < LogFile.headerSize { model.damageLogHeader() }
        disk.flip(path, at: offset, mask: UInt8(1) << UInt8(random.number(below: 8)))
    }

    /// The ids of all spans in a file.
    private static func spans(of bytes: [UInt8], _ path: String) -> [UInt64] {
        var ids: [UInt64] = []
        // The catalogue has a copy: its damage costs no span.
        guard path.hasSuffix(".log") || path.hasSuffix(".seg") else { return [] }
        if path.hasSuffix(".log") {
            _ = LogReading(bytes.span.bytes) { ids += $0.spans.spanIDs }
            return ids
        }
        let cache = BlockMetaCache(bytesMax: 1 << 20)
        guard let block = try? BlockReader(FileBytes(bytes), path: path, cache: cache), let meta = try? block.meta()
        else { return [] }
        for index in block.directory.pages.indices {
            ids += (try? block.page(index, meta: meta).numbers(BlockLayout.Column.spanIDs)) ?? []
        }
        return ids
    }

    /// Opens the store after the end of a process and looks at everything.
    private mutating func inspect(inFull: Bool) async throws {
        let threads = SimulatedThreads(seed: random.next())
        guard let store = try opened(threads, mayFail: false) else { return }
        let isDamaged = model.batches.contains { $0.isDamaged }
        if isBlind, !isDamaged { violations.append("damaged, it says, but nothing is: \(store.openingNotes)") }
        threads.run()
        try await look(at: store, inFull: inFull)
        model.settle(found: found)
        isCopyBehind = store.upkeep.catalogue.copyError != nil
    }

    /// Compares what a store shows with the model.
    private mutating func look(at store: EmbeddedStore, inFull: Bool, mayFail: Bool = false) async throws {
        takeAnswers()
        let everything = TraceQuery(filter: .everything, start: 0...UInt64.max, limit: TraceQuery.limitMax)
        let traces: [SpanBatch]
        do {
            traces = try await store.findTraces(everything).traces
        } catch {
            violations.append("does not answer: \(error)")
            return
        }
        violations += model.violations(traces, inFull: inFull, isBlind: isBlind)
        found = Set(traces.flatMap(\.spans.spanIDs))
        let isDamaged = isBlind || model.batches.contains { $0.isDamaged }
        if !isDamaged, store.statistics().spans != UInt64(found.count) {
            violations.append("\(found.count) spans are there, the statistics say \(store.statistics().spans)")
        }
        let force = model.bruteForce(found: found)
        // Figures outlive spans: what is not there any more cannot be compared.
        if !isDamaged, laws.ageMax == nil, !hasLostRollups, !model.hasDeleted {
            try await compareRollups(store, force, mayFail: mayFail)
        }
        // What lies where the damage is still has its part in a trace's start, and so in the order.
        if !isDamaged { try await search(store, force) }
    }

    /// Compares the figures with the sum over the spans.
    private mutating func compareRollups(_ store: EmbeddedStore, _ force: BruteForce, mayFail: Bool) async throws {
        do {
            violations += try await rollupDifferences(store, force.batches, withEdges: !hasLostCalls)
        } catch {
            // They are read from the catalogue, and the disk may not let it.
            if !mayFail { violations.append("does not answer: \(error)") }
        }
    }

    /// Asks random questions.
    private mutating func search(_ store: EmbeddedStore, _ force: BruteForce) async throws {
        for _ in 0..<2 {
            let limit = random.number(below: 8) + 1
            let query = TraceQuery(filter: queries.filter(depth: 2), start: 0...UInt64.max, limit: limit)
            let expected = force.find(query)
            let answer = try await store.findTraces(query)
            if let partial = answer.outcome.partial { violations.append("\(partial), but nothing is damaged") }
            if answer.traces.map({ $0.spans.traceID(0) }) != Array(expected.prefix(limit)) {
                violations.append("a search finds other traces than a scan: \(query.filter.traceQL)")
            }
            if answer.isTruncated != (expected.count > limit) {
                violations.append("a search says wrongly whether there is more: \(query.filter.traceQL)")
            }
        }
        if let id = force.traceIDs.sorted().first, try await store.trace(id)?.descriptions != force.trace(id) {
            violations.append("trace \(id) is not what was sent")
        }
    }
}

/// Why a simulation cannot run at all.
struct SimulationError: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The time of a simulated machine.
final class SimulatedClock: Sendable {
    private let value: Mutex<UInt64>

    init(_ start: UInt64) { value = Mutex(start) }

    /// Nanoseconds since 1970.
    var now: UInt64 { value.withLock { $0 } }

    func advance(_ nanoseconds: Int64) {
        value.withLock { $0 = $0.addingReportingOverflow(UInt64(bitPattern: nanoseconds)).partialValue }
    }
}

/// Something asynchronous that goes on when the simulated threads do, and in their order.
struct SimulatedTask {
    private final class Flag: Sendable {
        private let value = Mutex(false)
        func set() { value.withLock { $0 = true } }
        var isSet: Bool { value.withLock { $0 } }
    }

    private let isDone = Flag()

    init(_ threads: SimulatedThreads, _ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: threads.executor) { [isDone] in
            await body()
            isDone.set()
        }
    }

    /// Works until it is done.
    func wait(_ work: () -> Void) {
        while !isDone.isSet { work() }
    }
}

extension SplitMix {
    mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
