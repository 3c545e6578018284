import OpenTracing
import OpenTracingMock
import Testing

@Suite struct TagTests {
    @Test func `tags keep their order and their types`() {
        let tags: TagList = ["text": "100", "yes": true, "count": 100, "ratio": 1.5]
        #expect(tags.map(\.key) == ["text", "yes", "count", "ratio"])
        #expect(tags.map(\.value) == [.string("100"), .bool(true), .int(100), .double(1.5)])
    }

    @Test func `a tag that is set again keeps its place and takes the newer value`() {
        var tags: TagList = ["a": 1, "b": 2]
        tags["a"] = 3
        #expect(tags.map(\.value) == [3, 2])
        tags["a"] = nil
        #expect(tags.map(\.key) == ["b"])
        #expect(tags["missing"] == nil)
    }

    @Test func `values of the usual types become tags without being wrapped`() throws {
        let tracer = MockTracer()
        let span = tracer.startSpan("tags")
        let count = [1, 2, 3].count
        span.setTag("literal", to: "100")
        span.setTag("count", to: count)
        span.setTag("large", to: UInt64.max)
        span.setTag("half", to: Float(0.5))
        span.setTag("part", to: "abc".dropFirst())
        span.setTag("kind", to: SpanKind.server)
        span.setTag("bytes", to: .binary([1, 255]))
        let tags = try #require(tracer.unfinishedSpans.first?.tags)
        #expect(tags["literal"] == .string("100"))
        #expect(tags["count"] == .int(3))
        #expect(tags["large"] == .int(.max))
        #expect(tags["half"] == .double(0.5))
        #expect(tags["part"] == .string("bc"))
        #expect(tags["kind"] == .string("server"))
        #expect(tags["bytes"]?.description == "01ff")
    }

    @Test(
        arguments: [(1.5, 1_500_000_000), (-1, -1_000_000_000), (.nan, 0), (1e30, Int64.max - 1023)]
            as [(Double, Int64)]
    )
    func `seconds become nanoseconds, and what does not fit the nearest that does`(seconds: Double, expected: Int64) {
        #expect(Timestamp(secondsSinceEpoch: seconds).nanosecondsSinceEpoch == expected)
    }
}
