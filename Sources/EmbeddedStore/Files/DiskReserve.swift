import SpanStorage
import Synchronization

/// Some of the disk, kept back in a file of its own for the moment when nothing else is left.
///
/// A full disk must not keep the store from making room: sealing, the catalogue and retention need a little. So when
/// an operation finds the disk full, the file is given up, and from then on nothing is taken in until the file could be
/// made again and there is as much room once more beside it.
final class DiskReserve: Sendable {
    /// Bytes of the file, where the disk is large enough that it does not hurt: a segment and the catalogue's pages.
    static let bytesMax = 2 << 20
    private static let bytesMin = 128 << 10

    private let files: any FileSystem
    private let root: String
    private let state = Mutex(State())

    private struct State {
        var isFull = false
        // Bytes of the file that is held.
        var held = 0
    }

    /// The reserve of a store's folder.
    init(files: any FileSystem, root: String) {
        self.files = files
        self.root = root
        state.withLock { $0.held = (try? files.size("\(root)/reserve")) ?? 0 }
    }

    private var path: String { "\(root)/reserve" }

    /// Whether the disk is full: then nothing is to be taken in.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// Bytes that the file takes.
    var byteCount: Int { state.withLock { $0.held } }

    /// What is said to those who send while the disk is full.
    var refusal: SpanStoreError { .diskFull(path: root) }

    /// Bytes of the file on a disk of that size.
    static func size(ofDisk total: Int) -> Int { max(bytesMin, min(bytesMax, total / 64)) }

    /// Notes that an operation found no space, and gives up the file.
    func giveUp() {
        state.withLock { state in
            state.isFull = true
            if (try? files.remove(path)) != nil { state.held = 0 }
        }
    }

    /// Bytes that have to become free before anything is taken in again; 0 if there are enough.
    var missing: Int {
        guard let space = files.space(root) else { return 0 }
        let wanted = 2 * Self.size(ofDisk: space.total)
        return max(0, wanted - (state.withLock { $0.held }) - space.free)
    }

    /// Takes the file back if there is room; true if the disk is not full any more.
    @discardableResult
    func restore() -> Bool {
        guard missing == 0 else { return !isFull }
        return state.withLock { state in
            if state.held == 0, let space = files.space(root) {
                let size = Self.size(ofDisk: space.total)
                guard (try? files.reserve(path, size: size)) != nil else {
                    try? files.remove(path)
                    return !state.isFull
                }
                state.held = size
            }
            state.isFull = false
            return true
        }
    }
}
