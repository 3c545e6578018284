// Safety: the task that `withUnsafeCurrentTask` lends is only hashed, and does not leave the closure.

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The scopes that were opened by handle and are not closed yet, of all tasks and threads.
///
/// A task-local value ends with its closure, so scopes without one are kept here, under the task or thread that opened
/// them. Programs that open none pay for one atomic load at each look.
enum OpenScopes {
    private struct Entry {
        let number: UInt64
        /// The number of the span that a closure had made active when this was opened: inside a newer closure, or after
        /// the end of that one, the scope is not the innermost.
        let base: UInt64
        let span: any Span
    }

    private static let count = Atomic(0)
    private static let entries = Mutex<[Int: [Entry]]>([:])

    /// The span of the newest scope that was opened in this task or on this thread above the closure `base`.
    static func newest(above base: UInt64) -> (any Span)? {
        guard count.load(ordering: .relaxed) > 0 else { return nil }
        let owner = currentOwner
        return entries.withLock { $0[owner]?.last { $0.base == base }?.span }
    }

    static func open(_ span: any Span, above base: UInt64, finishOnClose: Bool) -> Scope {
        let owner = currentOwner
        let entry = Entry(number: TaskLocalScopeManager.nextNumber(), base: base, span: span)
        entries.withLock { $0[owner, default: []].append(entry) }
        count.add(1, ordering: .relaxed)
        return Scope(span: span, finishOnClose: finishOnClose) { close(entry.number, owner: owner) }
    }

    private static func close(_ number: UInt64, owner: Int) {
        entries.withLock { entries in
            guard var own = entries[owner] else { return }
            own.removeAll { $0.number == number }
            entries[owner] = own.isEmpty ? nil : own
        }
        count.subtract(1, ordering: .relaxed)
    }

    /// What tells the current task, or outside of tasks the current thread, from all others.
    private static var currentOwner: Int {
        withUnsafeCurrentTask { $0?.hashValue } ?? pthread_self().hashValue
    }
}
