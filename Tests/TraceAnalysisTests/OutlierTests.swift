import Testing
import TraceModel

@testable import TraceAnalysis

@Suite struct OutlierTests {
    /// Forty spans: the last ten are all from one region and of one version, which a few of the others have too.
    private func spans() -> SpanBatch {
        var builder = TraceBuilder()
        for index in 0..<40 {
            let isOdd = index >= 30
            var tags: [(String, AttributeValue)] = [
                ("region", .string(isOdd ? "east" : index % 3 == 0 ? "east" : "west")),
                ("version", .string(isOdd ? "2" : "1")),
                ("request.id", .string("id-\(index)")),
                ("bytes", .int(Int64(isOdd ? 5_000 + index : 100 + index))),
                ("same", .bool(true)),
            ]
            if isOdd { tags.append(("flag", .bool(true))) }
            builder.span(UInt64(index + 1), "shop", "work", 0...10, tags: tags)
        }
        return builder.batch
    }

    @Test func `the attributes that tell the sets apart come first`() throws {
        var outliers = AttributeOutliers()
        outliers.add(spans(), rows: 30..<40, to: .selection)
        outliers.add(spans(), rows: 0..<30, to: .baseline)
        let found = outliers.attributes(limit: 20)
        #expect(outliers.spans == .init(selection: 10, baseline: 30))
        #expect(Set(found.prefix(3).map(\.key)) == ["version", "flag", "bytes"])
        #expect(found.prefix(3).allSatisfy { $0.score == 1 })
        let region = try #require(found.first { $0.key == "region" })
        #expect(abs(region.score - 2.0 / 3) < 1e-9)
        let east = try #require(region.values.first { $0.value == .string("east") })
        #expect(east.counts == .init(selection: 10, baseline: 10))
        #expect(east.counts.shares(of: outliers.spans).selection == 1)
    }

    @Test func `ids and what all spans share score nothing`() throws {
        var outliers = AttributeOutliers()
        outliers.add(spans(), rows: 30..<40, to: .selection)
        outliers.add(spans(), rows: 0..<30, to: .baseline)
        let found = outliers.attributes(limit: 20)
        for key in ["request.id", "same", "service.name", "name", "status"] {
            #expect(try #require(found.first { $0.key == key }).score == 0)
        }
    }

    @Test func `many different numbers are counted by ranges`() throws {
        var outliers = AttributeOutliers()
        outliers.add(spans(), rows: 30..<40, to: .selection)
        outliers.add(spans(), rows: 0..<30, to: .baseline)
        let bytes = try #require(outliers.attributes(limit: 20).first { $0.key == "bytes" })
        #expect(bytes.isNumeric && bytes.distinct == 40)
        #expect(bytes.values.first?.isRange == true)
        #expect(bytes.values.contains { $0.value == .string("4096 to 8192") && $0.counts.selection == 10 })
    }

    @Test func `a set beside itself has no outliers`() {
        var random = RandomTrace(seed: 8)
        for _ in 0..<50 {
            let trace = random.trace(spans: 10)
            var outliers = AttributeOutliers()
            outliers.add(trace, rows: 0..<10, to: .selection)
            outliers.add(trace, rows: 0..<10, to: .baseline)
            #expect(outliers.attributes(limit: 100).allSatisfy { $0.score == 0 })
        }
        #expect(AttributeOutliers().attributes(limit: 5).isEmpty)
    }
}
