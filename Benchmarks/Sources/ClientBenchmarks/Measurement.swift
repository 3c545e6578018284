import CAllocations
import Measuring

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
