@testable import EmbeddedStore

/// What a simulated file holds: in the memory of the operating system, and on the disk.
///
/// A power cut leaves the disk's part, and of what was written since the last sync any of its sectors, each whole, torn
/// or not at all, whatever their order was.
struct SimulatedContent: Sendable {
    /// What is written whole or torn, in bytes.
    static let sector = 512

    /// What a process reads.
    private(set) var bytes: [UInt8] = []
    /// What the last sync has put on the disk.
    private(set) var durable: [UInt8] = []
    // Sectors that a failed sync has given up: the system holds them to be clean, so no later sync writes them.
    private var givenUp: Set<Int> = []

    /// Puts bytes at a place; what lies between the end and the place becomes zeros.
    mutating func write(_ new: some Collection<UInt8>, at offset: Int) {
        if new.isEmpty { return }
        if bytes.count < offset { bytes.append(contentsOf: repeatElement(0, count: offset - bytes.count)) }
        let end = offset + new.count
        if offset == bytes.count {
            bytes.append(contentsOf: new)
        } else if end <= bytes.count {
            bytes.replaceSubrange(offset..<end, with: new)
        } else {
            bytes.replaceSubrange(offset..<bytes.count, with: new)
        }
        if !givenUp.isEmpty { givenUp.subtract(offset / Self.sector...(end - 1) / Self.sector) }
    }

    mutating func truncate(to size: Int) {
        if size < bytes.count { bytes.removeLast(bytes.count - size) }
    }

    /// Puts everything on the disk, but for what an earlier sync has given up.
    mutating func sync() {
        if givenUp.isEmpty {
            durable = bytes
            return
        }
        var new = bytes
        for sector in givenUp {
            let range = sector * Self.sector..<min((sector + 1) * Self.sector, new.count)
            for index in range { new[index] = index < durable.count ? durable[index] : 0 }
        }
        durable = new
    }

    /// A sync that the disk refuses: of what was to be written, some sectors never will be.
    mutating func failSync(_ random: inout SplitMix) {
        for sector in 0..<(bytes.count + Self.sector - 1) / Self.sector
        where Bool.random(using: &random) && isDirty(sector) {
            givenUp.insert(sector)
        }
    }

    /// What the next process finds after the power went.
    mutating func cutPower(_ random: inout SplitMix) {
        defer {
            durable = bytes
            givenUp = []
        }
        if bytes == durable { return }
        let sizes = [durable.count, bytes.count, Int.random(in: between(durable.count, bytes.count), using: &random)]
        var left: [UInt8] = []
        left.reserveCapacity(max(durable.count, bytes.count))
        for sector in 0..<(max(durable.count, bytes.count) + Self.sector - 1) / Self.sector {
            let begin = sector * Self.sector
            let old = padded(durable, begin)
            let new = padded(bytes, begin)
            switch random.next() % 5 {
            case 0, 1: left += old
            case 2, 3: left += new
            default:
                let torn = Int(random.next() % UInt64(Self.sector))
                left += new.prefix(torn) + old.dropFirst(torn)
            }
        }
        left.removeLast(left.count - (sizes.randomElement(using: &random) ?? 0))
        bytes = left
    }

    /// Damage to what is on the disk.
    mutating func flip(_ offset: Int, mask: UInt8) {
        bytes[offset] ^= mask
        durable = bytes
    }

    private func isDirty(_ sector: Int) -> Bool {
        padded(bytes, sector * Self.sector) != padded(durable, sector * Self.sector)
    }

    private func between(_ one: Int, _ two: Int) -> ClosedRange<Int> { min(one, two)...max(one, two) }

    private func padded(_ bytes: [UInt8], _ begin: Int) -> [UInt8] {
        let own = begin < bytes.count ? bytes[begin..<min(begin + Self.sector, bytes.count)] : []
        return own + [UInt8](repeating: 0, count: Self.sector - own.count)
    }
}

/// The names on a simulated disk: folders, and which file has which name.
///
/// A power cut leaves of the changes since the last sync of their folder any.
struct SimulatedNames: Sendable {
    private enum Change {
        case folder(String)
        case name(String, file: Int)
        case rename(String, to: String, file: Int)
        case removal(String)

        var paths: [String] {
            switch self {
            case .folder(let path), .name(let path, _), .removal(let path): [path]
            case .rename(let path, let new, _): [path, new]
            }
        }
    }

    private struct Table {
        var folders: Set<String> = []
        var files: [String: Int] = [:]

        /// Whether a folder and all those that it is in are there.
        func has(_ folder: String) -> Bool {
            folder == "." || folders.contains(folder) && has(SimulatedNames.folder(of: folder))
        }

        mutating func apply(_ change: Change) {
            switch change {
            case .folder(let path): folders.insert(path)
            case .name(let path, let file): files[path] = file
            case .rename(let path, let new, let file):
                files[path] = nil
                files[new] = file
            case .removal(let path): files[path] = nil
            }
        }
    }

    private var now = Table()
    private var durable = Table()
    private var pending: [Change] = []

    /// The files by their paths.
    var files: [String: Int] { now.files }

    func hasFolder(_ path: String) -> Bool { now.has(path) }

    /// What stands directly in a folder.
    func list(_ folder: String) -> [String] {
        let paths: [String] = Array(now.files.keys) + Array(now.folders)
        return paths.filter { Self.folder(of: $0) == folder }.map { String($0.dropFirst(folder.count + 1)) }.sorted()
    }

    mutating func makeFolder(_ path: String) {
        var made = ""
        for part in path.split(separator: "/") {
            made += made.isEmpty ? String(part) : "/\(part)"
            if !now.folders.contains(made) { change(.folder(made)) }
        }
    }

    mutating func set(_ path: String, file: Int) { change(.name(path, file: file)) }
    mutating func remove(_ path: String) { change(.removal(path)) }
    mutating func rename(_ path: String, to new: String, file: Int) { change(.rename(path, to: new, file: file)) }

    mutating func sync(_ folder: String) {
        var left: [Change] = []
        for change in pending {
            if change.paths.contains(where: { Self.folder(of: $0) == folder }) {
                durable.apply(change)
            } else {
                left.append(change)
            }
        }
        pending = left
    }

    mutating func cutPower(_ random: inout SplitMix) {
        for change in pending where Bool.random(using: &random) { durable.apply(change) }
        pending = []
        // What is in a folder that is not there any more is lost.
        let left = durable
        durable.files = left.files.filter { left.has(Self.folder(of: $0.key)) }
        durable.folders = left.folders.filter(left.has)
        now = durable
    }

    /// The folder that a path is in.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private mutating func change(_ change: Change) {
        now.apply(change)
        pending.append(change)
    }
}
