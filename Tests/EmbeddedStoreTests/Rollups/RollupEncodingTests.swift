import SpanStorage
import Testing
import TraceModel

@testable import EmbeddedStore

@Suite struct RollupEncodingTests {
    private func table(seed: UInt64) -> RollupTable {
        var generator = CallGenerator(seed: seed)
        let spans = generator.spans(traces: 20, zipkin: seed % 2 == 0)
        return RollupPart(SpanFacts(CallGenerator.batch(spans))).table
    }

    private func read(_ bytes: [UInt8], services: ((String) -> Bool)? = nil) -> RollupTable? {
        RollupTable.decode(bytes.span.bytes, services: services)
    }

    private func readChange(_ bytes: [UInt8]) -> PendingChange? { PendingChange(bytes.span.bytes) }

    /// The parts of a table as text, sorted.
    private func description(_ table: RollupTable) -> [String] {
        let series = table.series.map { key, durations in
            "\(key.minute) \(table.strings.text(key.service)) \(table.strings.text(key.name)) \(key.kind) "
                + "\(key.status) \(durations)"
        }
        let edges = table.edges.map { key, edge in
            "\(key.minute) \(table.strings.text(key.caller)) \(table.strings.text(key.callee)) \(edge)"
        }
        return (series + edges).sorted()
    }

    @Test func `a table comes back as it was written, and so do those of some services`() throws {
        for seed in 0..<20 as Range<UInt64> {
            let table = table(seed: seed)
            let bytes = table.encode()
            let again = try #require(read(bytes))
            #expect(description(again) == description(table))
            #expect(again.encode() == bytes, "equal tables have equal bytes")
            let some = try #require(read(bytes, services: { $0 == "service-2" }))
            #expect(
                some.series.count == table.series.keys.filter { table.strings.text($0.service) == "service-2" }.count
            )
            #expect(some.edges.count == table.edges.count)
        }
        let empty = RollupTable().encode()
        #expect(read(empty)?.isEmpty == true)
    }

    @Test func `a flipped bit is found by the checksum, and forged bytes are refused or harmless`() {
        var random = SplitMix(state: 3)
        let bytes = table(seed: 3).encode()
        for count in 0..<min(bytes.count, 300) { #expect(read(Array(bytes[..<count])) == nil) }
        var refused = 0
        for _ in 0..<3_000 {
            var forged = bytes
            let place = Int.random(in: 0..<bytes.count, using: &random)
            forged[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            #expect(read(forged) == nil)
            // With the checksum of the forged bytes.
            forged[0] = 1
            if Bool.random(using: &random) { forged[1] = 0 }
            let sum = checksum(forged.span.bytes.extracting(6...))
            for index in 0..<4 { forged[2 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
            if let forged = read(forged) {
                var merged = table(seed: 4)
                merged.merge(forged)
                #expect(!merged.isEmpty)
            } else {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test func `what a seal changes about waiting calls comes back as it was written`() throws {
        var generator = CallGenerator(seed: 8)
        let part = RollupPart(SpanFacts(CallGenerator.batch(generator.spans(traces: 40, zipkin: true))))
        var resolution = CallResolution(PendingCalls())
        resolution.resolve(part, among: []) { _, _ in [] }
        var table = RollupTable()
        let change = resolution.finish(into: &table, mark: 0, at: 77).change
        #expect(!change.entries.isEmpty)
        let bytes = change.encode()
        let read = try #require(readChange(bytes))
        #expect(read.encode() == bytes)
        #expect(read.entries.map(\.number) == change.entries.map(\.number))
        for (one, two) in zip(read.entries, change.entries) {
            #expect(one.call.span == two.call.span && one.call.parent == two.call.parent)
            #expect(read.services[Int(one.call.callee)] == change.services[Int(two.call.callee)])
        }
        #expect(read.arrivals == change.arrivals && read.next == change.next)
        var calls = PendingCalls()
        read.apply(to: &calls)
        #expect(calls.count == change.entries.count)
        let all = PendingChange(all: calls).encode()
        var again = PendingCalls()
        try #require(readChange(all)).apply(to: &again)
        #expect(again.count == calls.count && again.nextNumber == calls.nextNumber && again.arrivals == calls.arrivals)
        var random = SplitMix(state: 8)
        for _ in 0..<2_000 {
            var forged = bytes
            let place = Int.random(in: 5..<bytes.count, using: &random)
            forged[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            #expect(readChange(forged) == nil)
            let sum = checksum(forged.span.bytes.extracting(5...))
            for index in 0..<4 { forged[1 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
            if let read = readChange(forged) {
                var calls = PendingCalls()
                read.apply(to: &calls)
                #expect(calls.count <= read.entries.count)
            }
        }
    }

    @Test func `of too many operations and services the rest is counted together`() {
        var batch: [CallGenerator.Span] = []
        for index in 0..<UInt64(RollupTable.operationsMax + 50) {
            batch.append(.init(trace: 1, id: index + 1, service: "s", name: "operation \(index)"))
        }
        let table = RollupPart(SpanFacts(CallGenerator.batch(batch))).table
        #expect(table.series.count == RollupTable.operationsMax + 1)
        #expect(table.series.values.reduce(0) { $0 + $1.count } == UInt64(batch.count))
        let rest = table.series.first { table.strings.text($0.key.name) == RollupTable.otherOperations }
        #expect(rest?.value.count == 50)
    }
}
