import SpanStorage
import Synchronization
import TraceModel

/// The pinned traces: in memory for those who look often, in the catalogue for good.
final class Pins: Sendable {
    /// So many traces may be pinned.
    static let countMax = 10_000

    private let catalogue: Catalogue
    private let pins: Mutex<[TraceID: PinnedTrace]>

    /// The pins that the catalogue remembers.
    init(_ catalogue: Catalogue) throws(SpanStoreError) {
        self.catalogue = catalogue
        var known: [TraceID: PinnedTrace] = [:]
        for pin in try catalogue.pins() { known[pin.id] = pin }
        pins = Mutex(known)
    }

    /// How many there are.
    var count: Int { pins.withLock { $0.count } }

    /// Which traces are pinned.
    var ids: Set<TraceID> { pins.withLock { Set($0.keys) } }

    /// All of them, oldest first.
    var list: [PinnedTrace] {
        pins.withLock { $0.values.sorted { ($0.pinnedAt, $0.id) < ($1.pinnedAt, $1.id) } }
    }

    /// Pins a trace; false if it was pinned already.
    func add(_ id: TraceID, at time: UInt64) throws(SpanStoreError) -> Bool {
        let isKnown = pins.withLock { $0[id] != nil }
        if isKnown { return false }
        guard count < Self.countMax else {
            throw .query("\(Self.countMax) traces are pinned, and no more may be: unpin some first")
        }
        let pin = PinnedTrace(id: id, pinnedAt: time)
        try catalogue.pin(pin)
        pins.withLock { $0[id] = pin }
        return true
    }

    /// Takes a pin away; false if there was none.
    func remove(_ id: TraceID) throws(SpanStoreError) -> Bool {
        guard pins.withLock({ $0[id] != nil }) else { return false }
        try catalogue.unpin(id)
        forget([id])
        return true
    }

    /// Forgets pins that the catalogue has none of any more.
    func forget(_ ids: some Sequence<TraceID>) {
        pins.withLock { pins in
            for id in ids { pins[id] = nil }
        }
    }
}
