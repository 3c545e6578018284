import CAllocations

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// What one thing costs, the best of several runs: other programs on the machine only ever add to it.
struct Measurement {
    var nanoseconds: Double
    var allocations: Double

    static func of(iterations: Int, runs: Int, _ body: (Int) -> Void) -> Measurement {
        body(min(iterations, 1000))
        var best = Measurement(nanoseconds: .infinity, allocations: .infinity)
        for _ in 0..<runs {
            let allocations = allocations_count()
            let start = threadNanoseconds()
            body(iterations)
            let nanoseconds = threadNanoseconds() - start
            best.nanoseconds = min(best.nanoseconds, Double(nanoseconds) / Double(iterations))
            let made = allocations_count() - allocations
            best.allocations = min(best.allocations, Double(made) / Double(iterations))
        }
        return best
    }
}

/// Processor time of this thread alone: what a sender does on its own thread is measured apart.
func threadNanoseconds() -> Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

/// Processor time of all threads.
func processNanoseconds() -> Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

/// Time as it passes.
func wallNanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }

private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

func fixed(_ number: Double, _ digits: Int = 1) -> String {
    let scale = [1.0, 10, 100, 1000][digits]
    let rounded = (number * scale).rounded() / scale
    return digits == 0 ? String(Int(rounded)) : String(rounded)
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
