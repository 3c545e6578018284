import SpanStorage
import TraceModel

/// The calls that wait for their caller, found by trace.
///
/// A call has a number, higher than those that came before it, so that the oldest can be put out by one mark.
struct PendingCalls: Sendable {
    private struct Slot: Sendable {
        var call: OpenCall
        var number: UInt64
        // The next slot of the same trace; -1 at the end.
        var next: Int32
        var isUsed = true
    }

    /// When calls came.
    struct Arrival: Sendable, Equatable {
        /// All calls with a lower number had come then.
        var end: UInt64
        /// Nanoseconds since 1970.
        var time: UInt64
    }

    /// Arrivals within so many nanoseconds are remembered as one.
    private static let arrivalGrain: UInt64 = 10_000_000_000

    /// The services that the calls have numbers of.
    private(set) var services = ServiceNames()
    /// When the calls came, earliest first.
    private(set) var arrivals: [Arrival] = []
    /// How many calls wait.
    private(set) var count = 0
    /// How many of them have a caller that is not for good.
    private(set) var provisionalCount = 0
    /// The number of the next call.
    private(set) var nextNumber: UInt64 = 1
    private var slots: [Slot] = []
    private var free: [Int32] = []
    private var heads: [TraceID: Int32] = [:]

    /// The number of a service in `services`.
    mutating func number(of service: String) -> UInt32 { services.number(of: service) }

    /// Notes that all calls so far had come at a time.
    mutating func note(_ arrival: Arrival) {
        if let last = arrivals.last, last.time / Self.arrivalGrain == arrival.time / Self.arrivalGrain {
            arrivals[arrivals.count - 1] = Arrival(end: max(last.end, arrival.end), time: max(last.time, arrival.time))
        } else {
            arrivals.append(arrival)
        }
    }

    /// The number below which all calls came before a time; 0 if none did.
    func mark(before time: UInt64) -> UInt64 {
        arrivals.last { $0.time < time }?.end ?? 0
    }

    /// Adds a call, whose services are numbers of `services`, under the next number or the one that it had.
    mutating func add(_ call: OpenCall, number known: UInt64? = nil) {
        let number = known ?? nextNumber
        nextNumber = max(nextNumber, number + 1)
        let slot = Slot(call: call, number: number, next: heads[call.trace] ?? -1)
        if let place = free.popLast() {
            slots[Int(place)] = slot
            heads[call.trace] = place
        } else {
            heads[call.trace] = Int32(slots.count)
            slots.append(slot)
        }
        count += 1
        if call.fit != .none { provisionalCount += 1 }
    }

    /// Gives the numbers below one to nobody any more.
    mutating func skip(to number: UInt64) { nextNumber = max(nextNumber, number) }

    /// Whether any call of a trace waits.
    func hasCalls(of trace: TraceID) -> Bool { heads[trace] != nil }

    /// Calls `body` with each call of a trace.
    func forEach(of trace: TraceID, _ body: (UInt64, OpenCall) -> Void) {
        var place = heads[trace] ?? -1
        while place >= 0 {
            body(slots[Int(place)].number, slots[Int(place)].call)
            place = slots[Int(place)].next
        }
    }

    /// Calls `body` with each call.
    func forEach(_ body: (UInt64, OpenCall) -> Void) {
        for slot in slots where slot.isUsed { body(slot.number, slot.call) }
    }

    /// Puts a call in the place of the one with the same number in the same trace; nil takes that one out.
    mutating func replace(_ number: UInt64, of trace: TraceID, with call: OpenCall?) {
        var before: Int32 = -1
        var place = heads[trace] ?? -1
        while place >= 0, slots[Int(place)].number != number {
            before = place
            place = slots[Int(place)].next
        }
        guard place >= 0 else { return }
        if slots[Int(place)].call.fit != .none { provisionalCount -= 1 }
        if let call {
            slots[Int(place)].call = call
            if call.fit != .none { provisionalCount += 1 }
            return
        }
        let next = slots[Int(place)].next
        if before >= 0 {
            slots[Int(before)].next = next
        } else if next >= 0 {
            heads[trace] = next
        } else {
            heads[trace] = nil
        }
        slots[Int(place)].isUsed = false
        free.append(place)
        count -= 1
    }

    /// Takes out the calls whose numbers are below a mark.
    mutating func removeAll(below mark: UInt64) {
        for slot in slots where slot.isUsed && slot.number < mark {
            replace(slot.number, of: slot.call.trace, with: nil)
        }
        arrivals.removeAll { $0.end <= mark }
    }

    /// The number below which the oldest calls are, so many of them.
    func mark(oldest wanted: Int) -> UInt64 {
        if wanted >= count { return nextNumber }
        var numbers: [UInt64] = []
        numbers.reserveCapacity(count)
        for slot in slots where slot.isUsed { numbers.append(slot.number) }
        numbers.sort()
        return wanted > 0 ? numbers[wanted] : 0
    }
}
