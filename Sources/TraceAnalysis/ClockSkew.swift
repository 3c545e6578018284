import TraceModel

/// Moves spans of hosts whose clocks are wrong to where their parents say that they were.
///
/// A guess, and therefore marked in every span that it moves. A span on another host than its parent that does not fit
/// into the parent is put into its middle, as if the way there took as long as the way back; one that is longer than
/// its parent is moved only if it begins before it. All below it on the same host moves along. Spans that only follow
/// from their parent have no place in it, and are left where they are.
struct ClockSkew {
    /// What is moved further than this stays where it is, in nanoseconds.
    let bound: UInt64

    static let hostKeys = ["host.id", "host.ip", "host.name", "ip", "hostname"]

    /// By row: by how much each span is off, in nanoseconds, or more than the bound.
    func deltas(of trace: borrowing SpanBatch) -> [Int64] {
        let tree = TraceTree(of: trace)
        let hosts = Self.hosts(of: trace)
        var deltas = [Int64](repeating: 0, count: trace.count)
        for row in tree.preorder.lazy.map({ Int($0) }) {
            let parent = Int(tree.parents[row])
            if parent < 0 { continue }
            let host = Self.host(of: row, in: trace, hosts)
            // What may not be moved has not been.
            let moved = isBeyond(deltas[parent]) ? 0 : deltas[parent]
            if host != nil, host == Self.host(of: parent, in: trace, hosts) {
                deltas[row] = moved
            } else if !tree.isFollowing[row] {
                let shift = UInt64(bitPattern: moved)
                let interval = trace.spans.interval(parent)
                let end = interval.upperBound &+ shift
                let begin = min(interval.lowerBound &+ shift, end)
                deltas[row] = Self.delta(child: trace.spans.interval(row), parent: begin..<end)
            }
        }
        return deltas
    }

    /// Moves spans by what is known of each, and says so; what is beyond the bound stays.
    func move(_ page: inout SpanBatch, _ deltas: ArraySlice<Int64>, _ notes: inout TraceAdjuster.Notes) {
        for (row, delta) in deltas.enumerated() where delta != 0 && row < page.count {
            if isBeyond(delta) {
                notes.add(
                    "this span's clock seems to be off by \(DurationWords.text(delta)), which is more than the "
                        + "\(DurationWords.text(Int64(clamping: bound))) that may be corrected: it is shown as it came",
                    to: row
                )
                continue
            }
            Self.move(row, by: delta, in: &page)
            notes.add(
                "this span's timestamps were adjusted by \(DurationWords.text(delta)): the clock of its host "
                    + "seems to be off",
                to: row
            )
        }
    }

    private func isBeyond(_ delta: Int64) -> Bool { delta.magnitude > bound }

    /// By how much a child must be moved to where its parent, already moved, says that it was.
    static func delta(child: Range<UInt64>, parent: Range<UInt64>) -> Int64 {
        if child.length > parent.length {
            return child.lowerBound < parent.lowerBound ? Int64(clamping: parent.lowerBound - child.lowerBound) : 0
        }
        if child.lowerBound >= parent.lowerBound, child.upperBound <= parent.upperBound { return 0 }
        let begin = parent.lowerBound + (parent.length - child.length) / 2
        return begin > child.lowerBound
            ? Int64(clamping: begin - child.lowerBound) : -Int64(clamping: child.lowerBound - begin)
    }

    private static func move(_ row: Int, by delta: Int64, in trace: inout SpanBatch) {
        trace.spans.starts[row] &+= UInt64(bitPattern: delta)
        for event in trace.events.range(row) { trace.events.times[event] &+= UInt64(bitPattern: delta) }
    }

    /// By resource: the text that tells its host from others; nil if it has none.
    private static func hosts(of trace: borrowing SpanBatch) -> [String?] {
        var hosts: [String?] = []
        for resource in trace.resources {
            var host: String?
            for key in hostKeys where host == nil {
                guard let ref = trace.strings.firstRef(of: key) else { continue }
                for attribute in resource.attributes where attribute.key == ref && host == nil {
                    host = trace.value(attribute).jsonText
                }
            }
            hosts.append(host)
        }
        return hosts
    }

    private static func host(of row: Int, in trace: borrowing SpanBatch, _ hosts: [String?]) -> String? {
        let resource = Int(trace.spans.resources[row])
        return resource < hosts.count ? hosts[resource] : nil
    }
}

/// Durations as people read them.
public enum DurationWords {
    /// A duration in the largest unit of which it has at least one, with up to two decimals: `1.5ms`, `-2s`, `0`.
    public static func text(_ nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns")]
        guard let (unit, name) = units.first(where: { magnitude >= $0.0 }) else { return "0" }
        let hundredths = (Double(magnitude) / Double(unit) * 100).rounded()
        return sign + decimalText(hundredths / 100) + name
    }
}
