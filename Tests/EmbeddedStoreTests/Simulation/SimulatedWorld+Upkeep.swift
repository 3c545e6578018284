import SpanStorage
import Synchronization
import TraceModel

@testable import EmbeddedStore

/// What has really happened in worlds: a test of what never came about proves nothing.
struct SimulatedEvents: Sendable {
    var mergedSegments: UInt64 = 0
    /// Traces whose deletion was acknowledged.
    var deletedTraces = 0
    /// Deletions that failed, or whose answer nobody heard.
    var openDeletions = 0
    var pins = 0

    static func += (left: inout SimulatedEvents, right: SimulatedEvents) {
        left.mergedSegments += right.mergedSegments
        left.deletedTraces += right.deletedTraces
        left.openDeletions += right.openDeletions
        left.pins += right.pins
    }
}

// What a person has a store do with what it has.
extension SimulatedWorld {
    /// Deletes a trace or what a filter finds, while spans come in; or pins a trace, or takes the pin away.
    mutating func maintain(_ store: EmbeddedStore, _ threads: SimulatedThreads) {
        takeAnswers()
        switch random.number(below: 5) {
        case 4:
            // A merge takes a step each time that it has rested.
            for _ in 0..<20 where !disk.isDead {
                threads.run()
                threads.passTime()
            }
        case 0, 1: delete(.trace(someTrace()), from: store, threads)
        case 2:
            let name = SpanFilter.name("operation-\(random.number(below: 10))")
            delete(
                .filter(.all([.service("service-\(random.number(below: 4))"), name])),
                from: store,
                threads
            )
        default: pin(someTrace(), in: store, threads)
        }
    }

    private mutating func delete(
        _ deletion: SimulatedDeletion,
        from store: EmbeddedStore,
        _ threads: SimulatedThreads
    ) {
        let isClear = !isBlind && laws.ageMax == nil
        let doomed = model.doomed(by: deletion)
        let began = model.batches.count
        let answer = Mutex<DeletedTraces?>(nil)
        let task = SimulatedTask(threads) {
            let result = try? await store.delete(deletion.what)
            answer.withLock { $0 = result }
        }
        finish(task, store, threads)
        let result = answer.withLock { $0 }
        // A process that is dead tells nobody anything.
        let isAcknowledged = result != nil && !disk.isDead
        model.delete(doomed, by: deletion, isAcknowledged: isAcknowledged, isClear: isClear, before: began)
        events.deletedTraces += isAcknowledged ? result?.traces ?? 0 : 0
        events.openDeletions += isAcknowledged ? 0 : 1
        takeAnswers()
    }

    private mutating func pin(
        _ id: TraceID,
        in store: EmbeddedStore,
        _ threads: SimulatedThreads
    ) {
        let isUnpinning = random.number(below: 3) == 0
        let rows = model.lastingSpans(of: id)
        let answer = Mutex(false)
        // A pin whose answer was lost keeps spans from retention as well.
        if isUnpinning { model.unpin(id) } else { model.hasPinned = true }
        let task = SimulatedTask(threads) {
            let isDone = (try? await isUnpinning ? store.unpin(id) : store.pin(id)) != nil
            answer.withLock { $0 = isDone }
        }
        finish(task, nil, threads)
        if isUnpinning || !answer.withLock({ $0 }) || disk.isDead { return }
        model.pin(rows)
        events.pins += 1
    }

    /// Lets the threads work until something is done; on the way spans may come in.
    private mutating func finish(
        _ task: SimulatedTask,
        _ store: EmbeddedStore?,
        _ threads: SimulatedThreads
    ) {
        var sends = store == nil ? 0 : random.number(below: 4)
        task.wait {
            if let store, sends > 0, !disk.isDead, random.number(below: 3) == 0 {
                sends -= 1
                send(to: store)
            }
            if !threads.step() { threads.passTime() }
        }
    }

    private mutating func someTrace() -> TraceID { generator.traceID(UInt64(random.number(below: 30) + 1)) }
}
