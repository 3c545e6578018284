#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Processor time of this thread alone, in nanoseconds: what a sender does on its own thread is measured apart.
public func threadNanoseconds() -> Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

/// Processor time of all threads, in nanoseconds.
public func processNanoseconds() -> Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

/// Time as it passes, in nanoseconds.
public func wallNanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }

private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
