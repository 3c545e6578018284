import SpanStorage
import Testing
import TraceModel

@Suite struct TraceCursorTests {
    private static let position =
        TracePosition(
            rank: ~1_700_000_000_000_000_123,
            start: .max,
            id: TraceID(high: 0xF0, low: 0x1234_5678_9ABC_DEF0)
        )

    @Test(arguments: TraceOrder.allCases)
    func `a cursor is read back from its text`(order: TraceOrder) throws {
        let cursor = TraceCursor(order: order, position: Self.position)
        #expect(try TraceCursor(text: cursor.text) == cursor)
        #expect(cursor.text.utf8.allSatisfy { $0 != 0x2B && $0 != 0x2F && $0 != 0x3D })
    }

    @Test func `a text that is no cursor is refused with words, whatever was done to it`() throws {
        let text = TraceCursor(order: .longest, position: Self.position).text
        for count in 0..<text.count {
            #expect(throws: TraceCursorError.self) { try TraceCursor(text: String(text.prefix(count))) }
        }
        for place in text.indices {
            var changed = text
            changed.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            let read = try? TraceCursor(text: changed)
            #expect(read == nil || read?.text == text)
        }
        for other in ["", "1", text + text, "no such thing!", String(repeating: "A", count: 10_000)] {
            #expect(throws: TraceCursorError.self) { try TraceCursor(text: other) }
        }
        #expect("\(TraceCursorError.unreadable)".contains("pass the one that an answer gave"))
    }

    @Test func `a cursor of another version is told apart`() {
        // Version 2, a zero, and the checksum of these two bytes.
        var hash: UInt32 = 2_166_136_261
        for byte: UInt32 in [2, 0] { hash = (hash ^ byte) &* 16_777_619 }
        let bytes = [2, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: hash >> UInt32(8 * $0)) }
        #expect(throws: TraceCursorError.version(2)) { try TraceCursor(text: base64Text(bytes)) }
    }

    @Test func `positions are ordered by rank, then by the later start, then by the id`() {
        let id = TraceID(low: 5)
        let short = TraceMeasure(start: 10, end: 12, spans: 3, errors: 0)
        let long = TraceMeasure(start: 5, end: 50, spans: 1, errors: 1)
        for order in [TraceOrder.newest, .shortest, .mostSpans] {
            #expect(TracePosition(order, id, short) < TracePosition(order, id, long))
        }
        for order in [TraceOrder.oldest, .longest, .mostErrors] {
            #expect(TracePosition(order, id, long) < TracePosition(order, id, short))
        }
        let same = TraceMeasure(start: 20, end: 22, spans: 3, errors: 0)
        #expect(TracePosition(.longest, id, same) < TracePosition(.longest, id, short))
        #expect(TracePosition(.longest, TraceID(low: 4), short) < TracePosition(.longest, id, short))
    }

    @Test func `a query that makes no sense is refused with words`() {
        var query = TraceQuery(filter: .everything, start: 0...9, limit: 0)
        #expect(throws: SpanStoreError.query("the limit must be between 1 and 10000, not 0")) { try query.validate() }
        query.limit = 5
        query.after = TraceCursor(order: .longest, position: Self.position)
        #expect(
            throws: SpanStoreError.query("the cursor is of a search sorted by longest, this one is sorted by newest")
        ) { try query.validate() }
        query.order = .longest
        #expect(throws: Never.self) { try query.validate() }
    }
}
