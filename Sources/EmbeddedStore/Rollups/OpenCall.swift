import SpanStorage
import TraceModel

/// How well a span fits as the caller of another one; the best there is counts.
enum CallerFit: UInt8, Comparable, Sendable {
    /// Not at all.
    case none = 0
    /// It has the id that the called span names as its parent.
    case parent = 1
    /// Likewise, and it is of kind server: of the two sides of a call that share one id, the one that goes on calling.
    case servingParent = 2
    /// It is the client's side of the same call, under the same id.
    case otherSide = 3

    static func < (left: CallerFit, right: CallerFit) -> Bool { left.rawValue < right.rawValue }
}

/// A span whose caller is not known, or not for good.
struct OpenCall: Sendable, Equatable {
    var trace: TraceID
    /// The called span's own id.
    var span: UInt64
    /// The id that it names as its parent; 0 if none.
    var parent: UInt64
    /// When it began: minutes since 1970.
    var minute: UInt32
    /// How long it took, in nanoseconds.
    var duration: UInt64
    /// The called span's service: a number of the list that the call is kept with.
    var callee: UInt32
    /// The best caller so far, a number of the same list; means nothing while `fit` is `none`.
    var caller: UInt32 = 0
    var fit = CallerFit.none
    /// No caller fits better than this.
    var bestFit: CallerFit
    /// Whether the called span failed.
    var isError: Bool

    /// How well a span fits as the caller.
    func fit(id: UInt64, kind: SpanKind) -> CallerFit {
        if bestFit == .otherSide, id == span, kind == .client { return .otherSide }
        if parent != 0, id == parent { return kind == .server ? .servingParent : .parent }
        return .none
    }

    /// Takes a span as the caller if it fits better than the one before; of two that fit alike the one of the lower
    /// service by name counts, in whichever order they come.
    mutating func consider(_ caller: UInt32, fit: CallerFit, names: [String]) {
        guard fit != .none, fit >= self.fit else { return }
        if fit == self.fit, names[Int(caller)] >= names[Int(self.caller)] { return }
        self.caller = caller
        self.fit = fit
    }

    /// Whether the caller is known for good.
    var isSettled: Bool { fit >= bestFit }

    /// The best fit that the callers of a span may have.
    ///
    /// Only in Zipkin's format do the two sides of a call share an id. A server's side there waits for the client's,
    /// and a span below for the server's; elsewhere the first span with the parent's id is the only one.
    static func bestFit(_ series: SpanFacts.Series) -> CallerFit {
        if !series.mayShareID { return .parent }
        return series.kind == .server ? .otherSide : .servingParent
    }
}

/// Calls from service to service that are being counted.
struct EdgeCounts {
    private var slots: [RollupTable.EdgeKey: Int] = [:]
    private var histograms = HistogramSlots(expected: 0)
    private var errors: [UInt64] = []

    /// Counts a call, the services being refs of the table that the counts are for.
    mutating func add(_ key: RollupTable.EdgeKey, duration: UInt64, isError: Bool) {
        let slot: Int
        if let known = slots[key] {
            slot = known
        } else {
            slot = histograms.addSlot()
            slots[key] = slot
            errors.append(0)
        }
        histograms.add(Int64(clamping: duration), to: slot)
        if isError { errors[slot] += 1 }
    }

    /// Adds the counts to the table.
    consuming func add(to table: inout RollupTable) {
        let slots = self.slots
        let errors = self.errors
        let histograms = self.histograms.histograms()
        for (key, slot) in slots {
            table.add(RollupTable.Edge(durations: histograms[slot], errors: errors[slot]), to: key)
        }
    }
}
