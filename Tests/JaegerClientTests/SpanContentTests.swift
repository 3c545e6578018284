import JaegerClient
import OpenTracing
import Testing

@Suite struct SpanContentTests {
    let reporter = InMemoryReporter()

    private func makeTracer(_ change: (inout SpanLimits) -> Void = { _ in }) -> JaegerTracer {
        var limits = SpanLimits()
        change(&limits)
        return JaegerTracer(serviceName: "test", sampler: ConstSampler(true), reporter: reporter, limits: limits)
    }

    /// What `body` leaves of a span.
    private func finished(_ tracer: JaegerTracer, _ body: (any Span) -> Void) throws -> FinishedSpan {
        let parent = tracer.startSpan("parent")
        let span = tracer.startSpan("span", childOf: parent)
        body(span)
        span.finish()
        return try #require(reporter.spans.last)
    }

    @Test func `every kind of value comes back as it was set`() throws {
        let tags: TagList = [
            "text": "wörld", "empty": "", "": "empty key", "yes": true, "no": false, "least": .int(.min),
            "most": .int(.max), "half": 0.5, "bytes": .binary([0, 255]), "no bytes": .binary([]),
            "list": ["a", 1, [true, 2.5], .binary([7])], "no list": [],
        ]
        let span = try finished(makeTracer()) { span in for tag in tags { span.setTag(tag.key, to: tag.value) } }
        #expect(span.tags == tags)
        #expect(span.droppedCounts == (0, 0, 0))
    }

    @Test func `the newest value of a tag counts, whatever types the values have`() throws {
        let values: [TagValue] = [1, 2, "one", "another", true, false, 0.5, .binary([1]), ["x"], 7]
        let span = try finished(makeTracer()) { span in
            span.setTag("first", to: "a")
            for value in values { span.setTag("changing", to: value) }
            span.setTag("last", to: "z")
            span.setTag("first", to: "b")
        }
        #expect(span.tags["changing"] == 7)
        #expect(span.tags["first"] == "b")
        #expect(span.tags.count == 3)
    }

    @Test func `a tag that a loop sets for ever takes no more memory than its last value`() throws {
        let span = try finished(makeTracer()) { span in
            span.setTag("stays", to: "here")
            for step in 0..<20_000 {
                span.setTag("progress", to: .string("step \(step)"))
                if step % 1000 == 0 { span.log(event: "thousand \(step / 1000)") }
            }
        }
        #expect(span.tags == ["stays": "here", "progress": "step 19999"])
        #expect(span.logs.map { $0.fields["event"] } == (0..<20).map { .string("thousand \($0)") })
    }

    @Test func `long texts are cut between characters and marked`() throws {
        let tracer = makeTracer { limits in
            limits.valueLengthMaxBytes = 10
            limits.stackLengthMaxBytes = 12
        }
        let span = try finished(tracer) { span in
            span.setTag("fits", to: "0123456789")
            span.setTag("long", to: "0123456789a")
            span.setTag("wide", to: "üüüüüü")
            span.setTag("bytes", to: .binary(Array(0..<20)))
            span.setTag("list", to: ["0123456", "0123456", "0123456"])
            span.log(["stack": "0123456789ab", "message": "0123456789ab"])
        }
        #expect(
            span.tags == [
                "fits": "0123456789", "long": "0123456…", "wide": "üüü…", "bytes": .binary(Array(0..<10)),
                "list": ["0123456", "…", "…"],
            ]
        )
        #expect(span.logs.first?.fields == ["stack": "0123456789ab", "message": "0123456…"])
    }

    @Test func `tags beyond the limit are left out and counted, and known ones can still change`() throws {
        let span = try finished(makeTracer { $0.tagsMax = 3 }) { span in
            for number in 0..<5 { span.setTag("tag-\(number)", to: number) }
            span.setTag("tag-0", to: "changed")
        }
        #expect(span.tags["tag-0"] == "changed")
        #expect(span.tags.map(\.key).sorted() == ["tag-0", "tag-1", "tag-2"])
        #expect(span.droppedCounts.tags == 2)
    }

    @Test(arguments: [1, 2, 3, 10, 100])
    func `of too many logs the first half and the newest are kept`(logsMax: Int) throws {
        let span = try finished(makeTracer { $0.logsMax = logsMax }) { span in
            for number in 0..<1000 { span.log(["number": .int(Int64(number)), "text": "some more bytes"]) }
        }
        let half = logsMax / 2
        let kept = Array(0..<half) + Array(1000 - (logsMax - half)..<1000)
        #expect(span.logs.map { $0.fields["number"] } == kept.map { .int(Int64($0)) })
        #expect(span.droppedCounts.logs == 1000 - logsMax)
    }

    @Test func `links beyond the limit, and fields of one log, are left out and counted`() throws {
        let tracer = makeTracer { limits in
            limits.linksMax = 2
            limits.fieldsMax = 2
        }
        let other = tracer.startSpan("other")
        let references = (0..<5).map { _ in Reference.followsFrom(other) }
        let span = tracer.startSpan("span", references: references)
        span.log(["a": 1, "b": 2, "c": 3])
        span.finish()
        let finished = try #require(reporter.spans.last)
        #expect(finished.links.count == 2)
        #expect(finished.droppedCounts == (1, 0, 3))
        #expect(finished.logs.first?.fields == ["a": 1, "b": 2])
    }

    @Test func `events, links with attributes, kind and status are kept beside tags and logs`() throws {
        let tracer = makeTracer()
        let other = tracer.start("other", below: nil)
        let span = tracer.start("span", below: nil)
        span.addEvent("retried", attributes: ["attempt": 2], at: Timestamp(nanosecondsSinceEpoch: 5))
        span.addLink(to: other.jaegerContext, attributes: ["why": "batch"])
        span.kind = .consumer
        span.status = JaegerSpan.Status(.error, message: "late")
        span.finish()
        let finished = try #require(reporter.spans.last)
        #expect(
            finished.logs == [
                .init(time: Timestamp(nanosecondsSinceEpoch: 5), fields: ["event": "retried", "attempt": 2])
            ]
        )
        let link = FinishedSpan.Link(
            kind: nil,
            traceIDHigh: 0,
            traceIDLow: other.jaegerContext.traceIDLow,
            spanID: other.jaegerContext.spanID,
            attributes: ["why": "batch"]
        )
        #expect(finished.links == [link])
        #expect(finished.kind == .consumer)
        #expect(finished.status == JaegerSpan.Status(.error, message: "late"))
    }
}
