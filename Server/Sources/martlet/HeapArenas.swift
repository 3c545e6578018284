import CHeap

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The arenas of the C library's heap.
enum HeapArenas {
    /// Allows one arena for each processor, at least two, where glibc would have eight for each: what one thread
    /// frees is of use to the next, and a load that never stops holds a tenth less memory, at no measurable cost.
    ///
    /// Call it before any work begins. `MALLOC_ARENA_MAX` in the environment, glibc's own setting, is stronger.
    static func limit() {
        guard getenv("MALLOC_ARENA_MAX") == nil else { return }
        _ = heap_limit_arenas(Int32(clamping: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }
}
