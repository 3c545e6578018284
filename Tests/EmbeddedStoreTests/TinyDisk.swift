import Foundation

/// A file system of its own that is soon full, in memory; only the system's administrator can make one.
final class TinyDisk: Sendable {
    let path: String
    private let folder: TemporaryFolder

    /// Whether this process may make one: not in most containers.
    static let isPossible: Bool = {
        guard geteuid() == 0, let disk = try? TinyDisk(bytes: 1 << 20) else { return false }
        return disk.isMounted
    }()

    private let isMounted: Bool

    init(bytes: Int) throws {
        folder = try TemporaryFolder()
        path = folder.path
        isMounted = Self.run("mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "martlet-test", path])
    }

    deinit { if isMounted { _ = Self.run("umount", ["-l", path]) } }

    /// Makes it larger or smaller.
    func resize(_ bytes: Int) -> Bool { Self.run("mount", ["-o", "remount,size=\(bytes)", path]) }

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
