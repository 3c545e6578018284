import Glibc

// Safety: the mapping is made once, never written to and unmapped only when nobody holds the object any more; views
// of it cannot outlive the object because their lifetime depends on it. The files that are mapped are immutable by the
// store's own rules: a segment never changes once it has its name, and log files are mapped only before the first
// append.

/// The content of a file, read-only.
final class FileBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer?
    private let isMapped: Bool
    /// How many bytes there are.
    let count: Int

    /// The content of an open file, mapped; nil if the system refuses (see `errno`).
    init?(mapping descriptor: Int32, count: Int) {
        self.count = count
        isMapped = true
        if count == 0 {
            base = nil
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            return nil
        }
        base = address
    }

    /// A copy of bytes in memory.
    init(_ bytes: [UInt8]) {
        count = bytes.count
        isMapped = false
        if bytes.isEmpty {
            base = nil
            return
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyBytes(from: bytes)
        base = copy.baseAddress
    }

    deinit {
        guard let base else { return }
        if isMapped { munmap(base, count) } else { base.deallocate() }
    }

    /// Takes the pages that were touched out of the process' memory; they come back from the system's cache, or from
    /// the disk, when they are touched again.
    ///
    /// The system maps far more than what is read. A file that nobody is about to read should not count as ours.
    func letPagesGo() {
        if isMapped, let base { madvise(base, count, MADV_DONTNEED) }
    }

    /// A view of everything.
    var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            guard let base else { return RawSpan() }
            let span = RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }
}
