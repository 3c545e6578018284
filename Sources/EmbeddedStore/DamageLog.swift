import SpanStorage
import Synchronization

/// What could not be read, for those who have to mend it: each text once, and how many files they speak of.
final class DamageLog: Sendable {
    /// Texts beyond this are not kept.
    static let textsMax = 100

    private struct State {
        var texts: [String] = []
        var files: Set<String> = []
    }

    private let state = Mutex(State())

    /// Notes an error that is damage to a file, whose path it begins with; returns false for any other.
    func note(_ error: SpanStoreError) -> Bool {
        guard case .damaged(let text) = error else { return false }
        note(text)
        return true
    }

    /// Notes what was left out of an answer because it is damaged.
    func note(_ partial: PartialAnswer?) {
        if case .damaged(let texts) = partial?.reason { for text in texts { note(text) } }
    }

    /// Notes damage in words that begin with the path of the file and a colon.
    func note(_ text: String) {
        state.withLock { state in
            guard state.texts.count < Self.textsMax, !state.texts.contains(text) else { return }
            state.texts.append(text)
            state.files.insert(String(text.prefix { $0 != ":" }))
        }
    }

    /// All texts.
    var texts: [String] { state.withLock { $0.texts } }

    /// How many files are damaged.
    var fileCount: Int { state.withLock { $0.files.count } }
}
