import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct PagedAdjusterTests {
    /// A trace set right in pages of so many spans, and the notes by row of the whole.
    private func adjustInPages(
        _ trace: SpanBatch,
        of size: Int,
        _ adjuster: TraceAdjuster
    ) -> (pages: [SpanBatch], notes: [Int: [String]]) {
        var pages = stride(from: 0, to: trace.count, by: size).map { first in
            trace.selecting(first..<min(first + size, trace.count))
        }
        var paged = PagedAdjuster(adjuster)
        for page in pages { paged.look(at: page) }
        paged.settle()
        var notes: [Int: [String]] = [:]
        for index in pages.indices {
            let found = paged.adjust(&pages[index])
            for (row, texts) in found.texts { notes[index * size + row] = texts }
        }
        return (pages, notes)
    }

    @Test func `a trace in pages is set right as the whole one is`() {
        var random = RandomTrace(seed: 21)
        var changed = 0
        for round in 0..<400 {
            let trace = random.trace(spans: 1 + random.below(40))
            let adjuster = TraceAdjuster(skewMax: [nil, .max, 20_000][round % 3])
            var whole = trace
            let notes = adjuster.adjust(&whole)
            let (pages, pagedNotes) = adjustInPages(trace, of: 1 + random.below(12), adjuster)
            #expect(pages.flatMap(\.spans.spanIDs) == whole.spans.spanIDs)
            #expect(pages.flatMap(\.spans.parentSpanIDs) == whole.spans.parentSpanIDs)
            #expect(pages.flatMap(\.spans.starts) == whole.spans.starts)
            #expect(pages.flatMap(\.links.spanIDs) == whole.links.spanIDs)
            #expect(pagedNotes == notes.texts)
            changed += notes.texts.count
        }
        #expect(changed > 1_000)
    }

    @Test func `the two sides of a call are found on pages far apart`() {
        var builder = TraceBuilder()
        builder.span(900, "web", "call", 0...100, kind: .client)
        for id in 1...50 { builder.span(UInt64(id), below: 900, "shop", "step", id...(id + 1)) }
        builder.span(900, "shop", "call", 60...90, kind: .server)
        let (pages, notes) = adjustInPages(builder.batch, of: 7, TraceAdjuster())
        // 51 is the smallest id that no span has.
        #expect(pages.last?.spans.spanIDs.last == 51 && pages.last?.spans.parentSpanIDs.last == 900)
        #expect(pages[0].spans.parentSpanIDs == [0, 51, 51, 51, 51, 51, 51])
        #expect(Array(notes.keys) == [51])
    }

    @Test func `what was not there at the first look stays as it came`() {
        var builder = TraceBuilder()
        builder.span(1, "web", "call", 0...100, kind: .client)
        builder.span(1, "shop", "call", 10...90, kind: .server)
        var page = builder.batch
        var paged = PagedAdjuster(TraceAdjuster(skewMax: .max))
        paged.look(at: page)
        paged.settle()
        _ = paged.adjust(&page)
        var late = builder.batch
        #expect(paged.adjust(&late).texts.isEmpty)
        #expect(late.spans.starts == builder.batch.spans.starts)
    }

    @Test func `clocks of a trace that is too large are left alone, which is said`() {
        var builder = TraceBuilder()
        builder.span(1, "web", "get", 0...100, host: "a")
        builder.span(2, below: 1, "shop", "call", 1_000...1_060, host: "b")
        var page = builder.batch
        var paged = PagedAdjuster(TraceAdjuster(skewMax: .max), skewSpansMax: 1)
        paged.look(at: page)
        paged.settle()
        #expect(paged.warning == "clocks are set right in traces of up to 1 spans, and this one has 2")
        #expect(paged.isIdle && paged.adjust(&page).texts.isEmpty)
        #expect(page.spans.starts == builder.batch.spans.starts)
    }

    @Test func `setting right what is right already changes nothing`() {
        var random = RandomTrace(seed: 22)
        for _ in 0..<200 {
            let stored = random.trace(spans: 1 + random.below(30))
            var separated = stored
            _ = TraceAdjuster().adjust(&separated)
            var trace = stored
            _ = TraceAdjuster(skewMax: .max).adjust(&trace)
            let once = trace
            // Where times decide about a circle, moving may cut it elsewhere.
            if TraceTree(of: separated).parents != TraceTree(of: once).parents { continue }
            let notes = TraceAdjuster(skewMax: .max).adjust(&trace)
            #expect(trace.spans.spanIDs == once.spans.spanIDs && trace.spans.starts == once.spans.starts)
            #expect(notes.texts.isEmpty)
        }
    }

    @Test func `a clock is moved so that a span which fits into its parent is in it`() throws {
        var random = RandomTrace(seed: 23)
        var moved = 0
        for _ in 0..<200 {
            let stored = random.trace(spans: 1 + random.below(30))
            var trace = stored
            let notes = TraceAdjuster(skewMax: .max).adjust(&trace)
            // The tree before anything is moved: where there are circles times decide.
            var separated = stored
            _ = TraceAdjuster().adjust(&separated)
            let tree = TraceTree(of: separated)
            let hosts = trace.resources.map { $0.attributes.first?.value }
            for row in 0..<trace.count where trace.spans.starts[row] != stored.spans.starts[row] {
                moved += 1
                let parent = try #require(tree.parents[row] < 0 ? nil : Int(tree.parents[row]))
                #expect(notes.texts[row] != nil)
                // Those of its parent's host go with the parent, wherever they are.
                let host = hosts[Int(trace.spans.resources[row])]
                if host != nil, host == hosts[Int(trace.spans.resources[parent])] { continue }
                #expect(!tree.isFollowing[row])
                let (own, above) = (trace.spans.interval(row), trace.spans.interval(parent))
                #expect(own.lowerBound >= above.lowerBound)
                if own.length <= above.length { #expect(own.upperBound <= above.upperBound) }
            }
        }
        #expect(moved > 100)
    }
}
