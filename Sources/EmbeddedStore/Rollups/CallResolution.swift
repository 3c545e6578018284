import SpanStorage
import TraceModel

/// A span that may be the caller of another one.
struct CallerCandidate: Sendable {
    var span: UInt64
    var service: String
    var kind: SpanKind
}

/// Brings calls together with their callers, over sources of spans and the calls that wait.
///
/// Nothing is changed by it: it says which edges there are and what becomes of the calls.
struct CallResolution {
    /// What keeps spans that are neither in an index nor in memory: its spans of a trace that have one of some ids.
    typealias Older = (TraceID, Set<UInt64>) -> [CallerCandidate]

    private let pending: PendingCalls
    private var names = ServiceNames()
    // Of the pending calls those for which a caller was found, by number.
    private var touched: [UInt64: OpenCall] = [:]
    private var fresh: [OpenCall] = []
    private var lookup = SpanLookup()

    /// A resolution of calls that wait.
    init(_ pending: PendingCalls) { self.pending = pending }

    /// How many of the calls that were taken are not settled.
    var unsettledCount: Int { fresh.reduce(0) { $0 + ($1.isSettled ? 0 : 1) } }

    /// Looks for the callers of the calls that wait among some spans.
    mutating func resolvePending(among index: SpanIndex) {
        for trace in index.traces where pending.hasCalls(of: trace) {
            guard index.load(trace, into: &lookup) else { continue }
            var waiting: [(UInt64, OpenCall)] = []
            pending.forEach(of: trace) { waiting.append(($0, $1)) }
            for (number, call) in waiting {
                let before = touched[number] ?? translated(call, from: pending.services.names)
                var after = before
                consider(&after, index)
                if after != before { touched[number] = after }
            }
        }
    }

    /// Takes the calls that a source could not settle, and looks for their callers among other spans.
    mutating func resolve(
        _ part: RollupPart,
        among indexes: [SpanIndex],
        older: Older
    ) {
        let calls = part.openCalls
        var first = 0
        while first < calls.count {
            var end = first + 1
            while end < calls.count, calls[end].trace == calls[first].trace { end += 1 }
            resolve(calls[first..<end], part.index.services, among: indexes, older: older)
            first = end
        }
    }

    /// Calls of one trace.
    private mutating func resolve(
        _ calls: ArraySlice<OpenCall>,
        _ services: [String],
        among indexes: [SpanIndex],
        older: Older
    ) {
        guard let trace = calls.first?.trace else { return }
        var open = calls.map { translated($0, from: services) }
        for index in indexes where index.load(trace, into: &lookup) {
            for place in open.indices where !open[place].isSettled { consider(&open[place], index) }
        }
        var wanted: Set<UInt64> = []
        for call in open where !call.isSettled {
            if call.parent != 0 { wanted.insert(call.parent) }
            if call.bestFit == .otherSide { wanted.insert(call.span) }
        }
        if !wanted.isEmpty {
            for candidate in older(trace, wanted) {
                let service = names.number(of: candidate.service)
                for place in open.indices where !open[place].isSettled {
                    let fit = open[place].fit(id: candidate.span, kind: candidate.kind)
                    open[place].consider(service, fit: fit, names: names.names)
                }
            }
        }
        fresh += open
    }

    /// Compares a call with the spans of its trace, which `lookup` holds.
    private mutating func consider(_ call: inout OpenCall, _ index: SpanIndex) {
        var rows: [Int] = []
        var ids: [UInt64] = []
        for id in call.parent == call.span || call.bestFit != .otherSide ? [call.parent] : [call.parent, call.span] {
            lookup.forEach(id) { row in
                rows.append(row)
                ids.append(id)
            }
        }
        for (row, id) in zip(rows, ids) {
            let caller = index.caller(row)
            let fit = call.fit(id: id, kind: caller.kind)
            if fit == .none { continue }
            call.consider(names.number(of: index.services[Int(caller.service)]), fit: fit, names: names.names)
        }
    }

    private mutating func translated(_ call: OpenCall, from services: [String]) -> OpenCall {
        var call = call
        call.callee = names.number(of: services[Int(call.callee)])
        call.caller = call.fit == .none ? 0 : names.number(of: services[Int(call.caller)])
        return call
    }
}

extension CallResolution {
    /// What is to be kept of the calls after a seal.
    struct Outcome {
        var change = PendingChange()
        /// Calls that had waited too long, or had to make room, without any caller.
        var droppedCalls = 0
    }

    /// Adds the edges that are certain now to a table, and says what becomes of the calls.
    ///
    /// Those with lower numbers than `mark` wait no longer: what caller they have is theirs for good.
    func finish(into table: inout RollupTable, mark: UInt64, at time: UInt64) -> Outcome {
        var outcome = Outcome()
        var edges = EdgeCounts()
        var refs = TableRefs(names: names.names)
        outcome.change.mark = mark
        outcome.change.services = names.names
        var next = pending.nextNumber
        for (number, call) in touched {
            if call.isSettled {
                refs.add(call, to: &edges, of: &table)
                outcome.change.settled.append(PendingChange.Settled(number: number, trace: call.trace))
            } else if number >= mark {
                outcome.change.entries.append(PendingChange.Entry(number: number, call: call))
            }
        }
        for call in fresh {
            if call.isSettled {
                refs.add(call, to: &edges, of: &table)
            } else {
                outcome.change.entries.append(PendingChange.Entry(number: next, call: call))
                next += 1
            }
        }
        outcome.change.next = next
        outcome.change.arrivals = [PendingCalls.Arrival(end: next, time: time)]
        if mark > 0 {
            var own = TableRefs(names: pending.services.names)
            pending.forEach { number, call in
                guard number < mark else { return }
                if let touched = touched[number] {
                    if !touched.isSettled { refs.add(touched, to: &edges, of: &table) }
                } else if call.fit != .none {
                    own.add(call, to: &edges, of: &table)
                } else {
                    outcome.droppedCalls += 1
                }
            }
        }
        edges.add(to: &table)
        return outcome
    }

    /// Adds the edges to a table as they are now, with the callers that are not certain yet.
    func finish(into table: inout RollupTable) {
        var edges = EdgeCounts()
        var refs = TableRefs(names: names.names)
        for call in touched.values { refs.add(call, to: &edges, of: &table) }
        for call in fresh where call.fit != .none { refs.add(call, to: &edges, of: &table) }
        if pending.provisionalCount > 0 {
            var own = TableRefs(names: pending.services.names)
            pending.forEach { number, call in
                if call.fit != .none, touched[number] == nil { own.add(call, to: &edges, of: &table) }
            }
        }
        edges.add(to: &table)
    }

    /// The refs of services in a table, each looked up once.
    private struct TableRefs {
        let names: [String]
        private var refs: [StringRef?]

        init(names: [String]) {
            self.names = names
            refs = [StringRef?](repeating: nil, count: names.count)
        }

        /// Counts a call that has a caller in another service.
        mutating func add(_ call: OpenCall, to edges: inout EdgeCounts, of table: inout RollupTable) {
            guard call.caller != call.callee else { return }
            let key = RollupTable.EdgeKey(
                minute: call.minute,
                caller: ref(call.caller, in: &table),
                callee: ref(call.callee, in: &table)
            )
            edges.add(key, duration: call.duration, isError: call.isError)
        }

        private mutating func ref(_ service: UInt32, in table: inout RollupTable) -> StringRef {
            if let known = refs[Int(service)] { return known }
            let ref = table.intern(names[Int(service)])
            refs[Int(service)] = ref
            return ref
        }
    }
}
