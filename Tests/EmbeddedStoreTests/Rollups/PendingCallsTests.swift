import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct PendingCallsTests {
    private func call(_ trace: UInt64, _ span: UInt64) -> OpenCall {
        OpenCall(
            trace: TraceID(low: trace),
            span: span,
            parent: span + 1_000,
            minute: 5,
            duration: 1,
            callee: 0,
            bestFit: .parent,
            isError: false
        )
    }

    @Test func `calls are found by trace, replaced and taken out as in a plain list`() {
        for seed in 0..<20 {
            var random = SplitMix(state: UInt64(seed))
            var calls = PendingCalls()
            _ = calls.number(of: "service")
            var plain: [UInt64: OpenCall] = [:]
            for step in 0..<400 {
                let trace = random.next() % 12
                switch random.next() % 5 {
                case 0...2:
                    let number = calls.nextNumber
                    calls.add(call(trace, UInt64(step)))
                    plain[number] = call(trace, UInt64(step))
                case 3:
                    guard let (number, known) = plain.randomElement(using: &random) else { continue }
                    calls.replace(number, of: known.trace, with: nil)
                    plain[number] = nil
                default:
                    guard random.next() % 10 == 0 else { continue }
                    let mark = calls.mark(oldest: plain.count / 2)
                    #expect(plain.keys.filter { $0 < mark }.count == plain.count / 2)
                    calls.removeAll(below: mark)
                    plain = plain.filter { $0.key >= mark }
                }
                var found: [UInt64: OpenCall] = [:]
                calls.forEach(of: TraceID(low: trace)) { found[$0] = $1 }
                #expect(found == plain.filter { $0.value.trace.low == trace }, "seed \(seed), step \(step)")
                #expect(calls.count == plain.count)
            }
        }
    }

    @Test func `what came before a time is below a mark`() {
        var calls = PendingCalls()
        for minute in 0..<10 as Range<UInt64> {
            calls.add(call(minute, 1))
            calls.note(PendingCalls.Arrival(end: calls.nextNumber, time: minute * 60_000_000_000))
        }
        #expect(calls.mark(before: 0) == 0)
        #expect(calls.mark(before: 1) == 2)
        #expect(calls.mark(before: 120_000_000_001) == 4)
        #expect(calls.arrivals.count == 10)
        calls.note(PendingCalls.Arrival(end: 50, time: 540_000_000_001))
        #expect(calls.arrivals.count == 10)
    }
}
