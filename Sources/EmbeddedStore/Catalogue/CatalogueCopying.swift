import SpanStorage
import Synchronization

/// Keeps the copy of the catalogue as new as the catalogue, and what the copy names where it is.
///
/// A disk that refuses to write the copy is no reason to refuse what the catalogue has taken. But a copy that is behind
/// is what the next start will have if the catalogue does not hold: so nothing that it names may be deleted until it is
/// written.
final class CatalogueCopying: Sendable {
    private struct State {
        // Why the last attempt failed; nil if it did not.
        var error: SpanStoreError?
        // What is to be done once the copy is written.
        var waiting: [@Sendable () -> Void] = []
    }

    private let place: CatalogueCopy.Place
    // Held for a transaction and while the copy of what it left is written.
    private let writing = Mutex(())
    private let state = Mutex(State())

    init(_ place: CatalogueCopy.Place) { self.place = place }

    /// Why the copy is behind; nil if it is not.
    var error: SpanStoreError? { state.withLock { $0.error } }

    /// Makes a change and writes the copy of what is there then.
    func change(
        _ transaction: () throws(SQLiteError) -> Void,
        content: () -> CatalogueCopy?
    ) throws(SQLiteError) {
        try writing.withLock { _ throws(SQLiteError) in
            try transaction()
            put(content())
        }
        doWhatWaits()
    }

    /// Writes the copy of what is there.
    func write(_ content: () -> CatalogueCopy?) {
        writing.withLock { _ in put(content()) }
        doWhatWaits()
    }

    /// Does something now if the copy is not behind, or when it is written.
    func whenWritten(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.waiting.append(body) }
        doWhatWaits()
    }

    private func put(_ copy: CatalogueCopy?) {
        var failure: SpanStoreError?
        do {
            if let copy { try place.write(copy) } else { failure = .io("cannot read the catalogue to copy it") }
        } catch {
            failure = error.storeError()
        }
        state.withLock { [failure] state in state.error = failure }
    }

    private func doWhatWaits() {
        let ready: [@Sendable () -> Void] = state.withLock { state in
            if state.error != nil { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for body in ready { body() }
    }
}
