import Glibc
import SpanStorage

/// Keeps a folder from being used by two processes; the system lets go of it when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Locks a folder that is there, by the file `LOCK` in it; throws `.io` if another process has it.
    init(_ folder: String) throws(SpanStoreError) {
        let path = "\(folder)/LOCK"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.last("open", path).storeError() }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let error = FileError.last("lock", path)
            close(descriptor)
            if isTaken {
                throw .io("\(folder) is in use by another martlet: stop that one, or give this one another --data-dir")
            }
            throw error.storeError()
        }
    }

    deinit { close(descriptor) }
}
