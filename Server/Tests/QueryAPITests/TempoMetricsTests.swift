import EmbeddedStore
import Foundation
import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// Figures over time, in the shapes that Grafana's Tempo data source and its Traces Drilldown parse.
struct TempoMetricsTests {
    /// What `query_range` and `query` answer, read strictly: a field that Grafana's parser does not know fails.
    struct Answer: Decodable {
        struct Series: Decodable {
            var labels: [Label]
            var samples: [Sample]?
            var exemplars: [Exemplar]?
            var value: Double?
        }
        struct Label: Decodable {
            var key: String
            var value: Value
        }
        struct Value: Decodable, Equatable {
            var stringValue: String?
            var intValue: String?
            var doubleValue: Double?
            var boolValue: Bool?
        }
        struct Sample: Decodable, Equatable {
            var timestampMs: String
            var value: Double
        }
        struct Exemplar: Decodable {
            var labels: [Label]
            var value: Double
            var timestampMs: String
        }
        var series: [Series]
        var status: String?
        var message: String?

        /// By the labels' texts: the samples by their time in milliseconds, those of 0 left out.
        var figures: [String: [Int: Double]] {
            var figures: [String: [Int: Double]] = [:]
            for series in series {
                var samples: [Int: Double] = [:]
                for sample in series.samples ?? [] where sample.value != 0 {
                    samples[Int(sample.timestampMs) ?? 0] = sample.value
                }
                figures[series.name] = samples
            }
            return figures
        }
    }

    private static let start = 1_700_000_000 / 60 * 60

    /// Three services that call each other, for ten minutes, one trace every ten seconds.
    private static func spans() -> SpanBatch {
        var builder = BatchBuilder()
        for number in 0..<60 {
            let begin = UInt64(start + number * 10) * 1_000_000_000 + 1
            builder.add(trace: UInt64(number + 1), number: number, begin: begin)
        }
        return builder.batch
    }

    private func answer(_ path: String, _ query: String, _ rest: String) async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(Self.spans())
        let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? query
        let now = UInt64(Self.start + 600) * 1_000_000_000
        let answer = try await routeAnswer(.get, "/tempo/api/metrics/\(path)?q=\(text)&\(rest)", of: store, now: now)
        await store.close()
        return answer
    }

    private func range(_ query: String, step: String, exemplars: Int = 0) async throws -> Answer {
        let rest = "start=\(Self.start)&end=\(Self.start + 600)&step=\(step)&exemplars=\(exemplars)"
        let answer = try await answer("query_range", query, rest)
        #expect(answer.status == 200, "\(answer.body)")
        return try JSONDecoder().decode(Answer.self, from: Data(answer.bytes))
    }

    @Test(arguments: [
        ("true", "rate()"), ("true", "count_over_time() by(resource.service.name, name, kind, status)"),
        ("kind=server && true", "rate() by(name)"),
        ("true && status=error", "count_over_time() by(resource.service.name)"),
        (#"resource.service.name="s1" || name=~"op.*""#, "min_over_time(duration)"),
        (#"!(kind=client) && resource.service.name != "s0""#, "max_over_time(duration) by(kind)"),
        ("true", "histogram_over_time(duration)"), ("true", "sum_over_time(duration) by(name)"),
        ("true", "avg_over_time(duration)"), ("name != nil", "rate() | topk(1)"),
        ("true", "quantile_over_time(duration, .5, .99) by(resource.service.name)"),
    ])
    func `figures that are kept of every span are those of the spans themselves`(
        filter: String,
        metric: String
    ) async throws {
        let query = "{ \(filter) } | \(metric)"
        #expect(try SpanMetrics(traceQL: query).rateQuery(Self.steps) != nil)
        let fromRollups = try await range(query, step: "60s").figures
        // What nothing is kept of is asked of the traces: the same spans, in the same steps.
        let other = "{ duration >= 0ns && (\(filter)) } | \(metric)"
        #expect(try SpanMetrics(traceQL: other).rateQuery(Self.steps) == nil)
        let fromTraces = try await range(other, step: "60s").figures
        #expect(Set(fromRollups.keys) == Set(fromTraces.keys))
        #expect(!fromRollups.isEmpty)
        for (name, samples) in fromRollups {
            let others = try #require(fromTraces[name])
            #expect(Set(samples.keys) == Set(others.keys), "\(name)")
            for (time, value) in samples {
                let other = others[time] ?? 0
                #expect(abs(value - other) <= 1e-9 * max(1, abs(value)), "\(name) at \(time)")
            }
        }
    }

    private static let steps = MetricSteps(start: UInt64(start) * 1_000_000_000, length: RateQuery.stepMin, count: 10)

    @Test func `samples stand at the ends of their steps, and the steps cover the whole time`() async throws {
        let answer = try await range("{} | count_over_time()", step: "60s")
        let samples = try #require(answer.series.first?.samples)
        #expect(samples.map(\.timestampMs) == (1...10).map { "\((Self.start + $0 * 60) * 1000)" })
        #expect(samples.map(\.value) == [Double](repeating: 18, count: 10))
        // Steps of a minute and more are whole minutes where the kept figures answer.
        let odd = try await range("{} | count_over_time()", step: "72s")
        #expect(odd.series.first?.samples?.map(\.value).reduce(0, +) == 180)
        let first = Int(odd.series.first?.samples?.first?.timestampMs ?? "") ?? 1
        #expect(first % 120_000 == 0)
        // Shorter ones take the traces.
        let short = try await range("{} | count_over_time()", step: "10s")
        #expect(short.series.first?.samples?.count == 60)
        #expect(short.series.first?.samples?.allSatisfy { $0.value == 3 } == true)
    }

    @Test(arguments: ["60s", "10s"])
    func `exemplars name traces that can be asked for`(step: String) async throws {
        for query in ["{} | rate() by(resource.service.name)", "{} | quantile_over_time(duration, .5, .9)"] {
            let answer = try await range(query, step: step, exemplars: 20)
            let exemplars = answer.series.flatMap { $0.exemplars ?? [] }
            #expect((1...20).contains(exemplars.count))
            for exemplar in exemplars {
                let trace = exemplar.labels.first { $0.key == "trace:id" }?.value.stringValue ?? ""
                #expect((1...60).contains(Int(trace, radix: 16) ?? 0))
                #expect(exemplar.value > 0)
                let time = (Int(exemplar.timestampMs) ?? 0) / 1000
                #expect((Self.start...Self.start + 601).contains(time))
            }
        }
        let without = try await range("{} | rate() with(exemplars=false)", step: step)
        #expect(without.series.allSatisfy { $0.exemplars == [] })
    }

    @Test func `one figure of all of the time has labels and a value, and nothing else`() async throws {
        let rest = "start=\(Self.start)&end=\(Self.start + 600)"
        let answer = try await answer("query", "{} | count_over_time() by(resource.service.name)", rest)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(answer.bytes)) as? [String: Any]
        )
        #expect(Set(document.keys) == ["series", "metrics"])
        let series = try #require(document["series"] as? [[String: Any]])
        #expect(series.count == 3)
        for one in series {
            #expect(Set(one.keys) == ["labels", "value"])
            #expect(one["value"] as? Double == 60)
        }
        let short = "start=\(Self.start + 5)&end=\(Self.start + 25)"
        let few = try JSONDecoder().decode(
            Answer.self,
            from: Data(try await self.answer("query", "{} | rate()", short).bytes)
        )
        #expect(few.series.first?.value == 6.0 / 20)
    }

    @Test func `the greatest and the smallest of each step are left, and what a comparison keeps`() async throws {
        let query = "{} | max_over_time(duration) by(resource.service.name)"
        let all = try await range(query, step: "60s").figures
        #expect(all.count == 3)
        let top = try await range("\(query) | topk(1)", step: "60s").figures
        #expect(top.keys.sorted() == [#"resource.service.name="s0""#])
        let bottom = try await range("\(query) | bottomk(1)", step: "60s").figures
        #expect(bottom.keys.sorted() == [#"resource.service.name="s2""#])
        let kept = try await range("\(query) > 150ms", step: "60s").figures
        #expect(kept.keys.sorted() == [#"resource.service.name="s0""#])
        #expect(try await range("\(query) > 1h", step: "60s").series.isEmpty)
    }

    @Test func `a comparison counts each attribute's values in the selection and among the others`() async throws {
        // As Traces Drilldown asks: one step for the whole range.
        let answer = try await range("{true} | compare({status = error}, 10)", step: "600s")
        func count(_ set: String, _ key: String, _ value: String) -> Double {
            answer.series.filter { series in
                series.labels.count == 2 && series.labels[0].key == "__meta_type"
                    && series.labels[0].value.stringValue == set && series.labels[1].key == key
                    && series.labels[1].value.stringValue == value
            }.flatMap { $0.samples ?? [] }.reduce(0) { $0 + $1.value }
        }
        // Every fourth trace fails, in its last span.
        #expect(count("selection", "resource.service.name", "s2") == 15)
        #expect(count("selection", "resource.service.name", "s0") == 0)
        #expect(count("baseline", "resource.service.name", "s0") == 60)
        #expect(count("baseline", "resource.service.name", "s2") == 45)
        #expect(count("selection_total", "resource.service.name", "nil") == 15)
        #expect(count("baseline_total", "resource.service.name", "nil") == 165)
        #expect(count("selection", "status", "error") == 15)
        #expect(count("selection", "span.region", "east") == 15)
        #expect(count("baseline", "span.region", "east") == 45)
        // With a time only what began then is selected.
        let begin = Self.start * 1_000_000_000
        let end = (Self.start + 300) * 1_000_000_000
        let part = try await range("{} | compare({status=error}, 10, \(begin), \(end))", step: "600s")
        let selected = part.series.filter { $0.labels.first?.value.stringValue == "selection_total" }
        #expect(selected.contains { $0.labels[1].key == "name" && $0.samples?.first?.value == 8 })
    }

    @Test(arguments: [
        ("{nestedSetParent<0 && true && true} | rate() with(sample=true)", 0.1),
        ("{kind=server && true && status=error} | rate()", 0.025),
        (#"{span.region!="" && true} | rate()"#, 0.1),
        ("{true && true && resource.service.name != nil} | rate() by(resource.service.name)", 0.1),
        ("{nestedSetParent>=0} | rate()", 0.2),
        ("{span:childCount = 0} | rate()", 0.1),
    ])
    func `what Traces Drilldown asks for is answered`(query: String, rate: Double) async throws {
        for step in ["10s", "72s"] {
            let answer = try await range(query, step: step)
            let samples = try #require(answer.series.first?.samples)
            let mean = samples.reduce(0) { $0 + $1.value } / Double(samples.count)
            // The first and the last step may reach beyond the spans.
            #expect(abs(mean - rate) < rate / 4, "\(samples)")
        }
    }
}

extension TempoMetricsTests.Answer.Series {
    /// The labels as texts.
    var name: String {
        labels.map { label in
            let value = label.value
            let number = value.doubleValue.map { "\($0)" } ?? value.intValue
            return "\(label.key)=\(number ?? "\"\(value.stringValue ?? "")\"")"
        }.joined(separator: ", ")
    }
}

extension TempoMetricsTests.Answer.Exemplar: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        left.value == right.value && left.timestampMs == right.timestampMs
    }
}

extension BatchBuilder {
    /// A trace of three spans below each other, the last of which fails in every fourth trace.
    fileprivate mutating func add(trace: UInt64, number: Int, begin: UInt64) {
        row = SpanRow()
        row.traceID = TraceID(low: trace)
        for depth in 0..<3 {
            resource(.otlp, "s\(depth)")
            row.spanID = SpanID(trace * 10 + UInt64(depth))
            row.parentSpanID = SpanID(depth == 0 ? 0 : trace * 10 + UInt64(depth) - 1)
            row.startNanoseconds = begin + UInt64(depth)
            row.durationNanoseconds = Int64(300 / (depth + 1) / (depth + 1)) * 1_000_000
            row.kind = depth == 1 ? .client : .server
            row.status = depth == 2 && number % 4 == 0 ? .error : .unset
            if depth == 2 { tag("region", .string("east")) }
            end("op\(depth)")
        }
    }
}
