import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests that wait to be sent, a file each, in the order in which they came.
///
/// A file gets its name when all of it is written, so that what is there after a crash is whole. Bounded in bytes:
/// over the bound nothing more is taken. Calls block for as long as the disk does.
final class SpoolFolder: Sendable {
    /// A request that waits.
    struct Entry: Sendable, Hashable {
        fileprivate var number: UInt64
        /// How many spans it has.
        var spans: Int
        /// The bytes of its body.
        var bytes: Int
        /// What it is for: the end of the file's name.
        var kind: String

        fileprivate var name: String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + "-\(spans).\(kind)"
        }
    }

    /// What waits at the moment.
    struct Figures: Sendable {
        var requests = 0
        var spans = 0
        var bytes = 0
    }

    private struct State {
        var entries: [Entry] = []
        var figures = Figures()
        var lastNumber: UInt64 = 0
    }

    private let folder: URL
    private let bytesMax: Int
    private let state: Mutex<State>

    /// Opens a folder, which is made if it is missing; what waits in it is taken up again.
    init(path: String, bytesMax: Int) throws(SpoolError) {
        folder = URL(fileURLWithPath: path)
        self.bytesMax = bytesMax
        var state = State()
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
                let file = folder.appendingPathComponent(name)
                if name.hasSuffix(Self.unfinished) {
                    try FileManager.default.removeItem(at: file)
                    continue
                }
                guard var entry = Self.entry(named: name) else { continue }
                entry.bytes = (try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
                Self.add(entry, to: &state)
            }
        } catch {
            throw SpoolError("the queue's folder \(path) cannot be used: \(error)")
        }
        self.state = Mutex(state)
    }

    private static let unfinished = ".unfinished"

    private static func entry(named name: String) -> Entry? {
        let parts = name.split { $0 == "-" || $0 == "." }
        guard parts.count == 3, let number = UInt64(parts[0]), let spans = Int(parts[1]) else { return nil }
        return Entry(number: number, spans: spans, bytes: 0, kind: String(parts[2]))
    }

    private static func add(_ entry: Entry, to state: inout State) {
        state.entries.append(entry)
        state.lastNumber = max(state.lastNumber, entry.number)
        state.figures.requests += 1
        state.figures.spans += entry.spans
        state.figures.bytes += entry.bytes
    }

    /// What waits.
    var figures: Figures { state.withLock { $0.figures } }

    /// The oldest request, which stays where it is.
    var oldest: Entry? { state.withLock { $0.entries.first } }

    /// Adds a request; false if there is no room for it.
    func add(_ body: [UInt8], spans: Int, kind: String) throws(SpoolError) -> Bool {
        let entry: Entry? = state.withLock { state in
            guard state.figures.bytes + body.count <= bytesMax else { return nil }
            state.lastNumber += 1
            return Entry(number: state.lastNumber, spans: spans, bytes: body.count, kind: kind)
        }
        guard let entry else { return false }
        let file = folder.appendingPathComponent(entry.name)
        let part = folder.appendingPathComponent(entry.name + Self.unfinished)
        do {
            try Data(body).write(to: part)
            try FileManager.default.moveItem(at: part, to: file)
        } catch {
            try? FileManager.default.removeItem(at: part)
            throw SpoolError("\(file.path) cannot be written: \(error)")
        }
        state.withLock { Self.add(entry, to: &$0) }
        return true
    }

    /// The body of a request.
    func body(of entry: Entry) throws(SpoolError) -> [UInt8] {
        let file = folder.appendingPathComponent(entry.name)
        do {
            return [UInt8](try Data(contentsOf: file))
        } catch {
            throw SpoolError("\(file.path) cannot be read: \(error)")
        }
    }

    /// Removes a request that needs not to be sent any more.
    func remove(_ entry: Entry) {
        state.withLock { state in
            guard let place = state.entries.firstIndex(of: entry) else { return }
            state.entries.remove(at: place)
            state.figures.requests -= 1
            state.figures.spans -= entry.spans
            state.figures.bytes -= entry.bytes
        }
        // A file that cannot be deleted is sent once more after the next start; it is no reason to stop.
        try? FileManager.default.removeItem(at: folder.appendingPathComponent(entry.name))
    }
}

/// Why the queue on the disk cannot be used.
struct SpoolError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
