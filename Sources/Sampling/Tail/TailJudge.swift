import SpanStorage
import TraceModel

/// What the policies are told of a trace.
struct TailTrace: Sendable {
    var id: TraceID
    var start = UInt64.max
    var end: UInt64 = 0
    var spans: UInt32 = 0
    var marks: UInt64 = 0

    /// Takes in a span.
    mutating func add(_ span: Int, of columns: borrowing SpanColumns, marks: UInt64) {
        let begin = columns.starts[span]
        start = min(start, begin)
        // A span that ends before it starts, or after the end of time, ends at its start.
        end = max(end, begin, columns.durations[span] > 0 ? columns.end(span) : begin)
        spans += 1
        self.marks |= marks
    }

    var duration: UInt64 { end > start ? end - start : 0 }
}

/// Asks policies about traces; it remembers how much each may keep in the second that runs.
struct TailJudge: Sendable {
    /// So many spans a second, over time: a trace is kept while there is something left, and may run up a debt.
    private struct Allowance: Sendable {
        let spansPerSecond: Double
        var left: Double
        var asOf: UInt64

        init(spansPerSecond: Double, at now: UInt64) {
            self.spansPerSecond = spansPerSecond
            left = spansPerSecond
            asOf = now
        }

        mutating func refill(at now: UInt64) {
            guard now > asOf else { return }
            left = min(spansPerSecond, left + Double(now - asOf) / 1e9 * spansPerSecond)
            asOf = now
        }
    }

    private let policies: [TailPolicy]
    // In the order in which the rules are walked; a rule that limits nothing has none.
    private var allowances: [Allowance] = []

    init(_ policies: [TailPolicy], at now: UInt64) {
        self.policies = policies
        for policy in policies { addAllowances(policy.rule, at: now) }
    }

    private mutating func addAllowances(_ rule: TailRule, at now: UInt64) {
        switch rule {
        case .always, .latency, .span, .probability: break
        case .rate(let rate): allowances.append(Allowance(spansPerSecond: rate, at: now))
        case .all(let rules): for rule in rules { addAllowances(rule, at: now) }
        case .composite(let rate, let parts):
            allowances.append(Allowance(spansPerSecond: rate, at: now))
            for part in parts {
                allowances.append(Allowance(spansPerSecond: rate * part.share, at: now))
                addAllowances(part.policy.rule, at: now)
            }
        }
    }

    /// The number of the first policy that keeps a trace; nil if none does.
    mutating func verdict(on trace: TailTrace, _ marks: TailMarks, at now: UInt64) -> Int? {
        for index in allowances.indices { allowances[index].refill(at: now) }
        var next = 0
        var taken: [Int] = []
        for (number, policy) in policies.enumerated() {
            taken.removeAll(keepingCapacity: true)
            if keeps(policy.rule, trace, marks, next: &next, taken: &taken) {
                for index in taken { allowances[index].left -= Double(trace.spans) }
                return number
            }
        }
        return nil
    }

    /// Whether a rule keeps a trace; `next` counts its allowances, `taken` are those that it then uses up.
    private func keeps(
        _ rule: TailRule,
        _ trace: TailTrace,
        _ marks: TailMarks,
        next: inout Int,
        taken: inout [Int]
    ) -> Bool {
        switch rule {
        case .always: return true
        case .latency(let range): return range.contains(trace.duration)
        case .span(let filter): return trace.marks & marks.bit(of: filter) != 0
        case .probability(let share): return Self.chance(of: trace.id) < share
        case .rate:
            defer { next += 1 }
            guard allowances[next].left > 0 else { return false }
            taken.append(next)
            return true
        case .all(let rules):
            var all = true
            for rule in rules where !keeps(rule, trace, marks, next: &next, taken: &taken) { all = false }
            return all
        case .composite(_, let parts): return keeps(parts, trace, marks, next: &next, taken: &taken)
        }
    }

    private func keeps(
        _ parts: [TailShare],
        _ trace: TailTrace,
        _ marks: TailMarks,
        next: inout Int,
        taken: inout [Int]
    ) -> Bool {
        let whole = next
        next += 1
        var chosen: [Int]?
        for part in parts {
            let own = next
            next += 1
            var used: [Int] = []
            let isKept = keeps(part.policy.rule, trace, marks, next: &next, taken: &used)
            if isKept, chosen == nil, allowances[own].left > 0 { chosen = used + [own] }
        }
        guard let chosen, allowances[whole].left > 0 else { return false }
        taken += chosen + [whole]
        return true
    }

    /// A number from 0 up to 1 that depends on the id alone: ids that were counted up must not all fall together.
    static func chance(of id: TraceID) -> Double {
        var bits = id.low ^ (id.high &* 0x9E37_79B9_7F4A_7C15)
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(bits >> 11) * 0x1p-53
    }
}
