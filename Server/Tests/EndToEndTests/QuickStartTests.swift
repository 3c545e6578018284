import Foundation
import Testing

/// The page `python-quick-start` comes true: its own code, the real client, our server.
@Suite struct QuickStartTests {
    /// What the page and the example with the jobs API make: five spans, one for all jobs, one for each company.
    private static let spanCount = 5 + 1 + 5

    @Test(.timeLimit(.minutes(3)))
    func `the Python of the page, unchanged, leaves its traces as it sent them`() async throws {
        try await withMartlet { server in
            let output = try await Python.runQuickStart(against: server)
            #expect(output.contains("Reporting span"))
            let api = JaegerAPI(server)
            let traces = try await api.traces(service: "first-service", untilSpans: QuickStartTests.spanCount)
            #expect(try await api.services() == ["first-service"])
            #expect(traces.count == 5)
            #expect(traces.reduce(0) { $0 + $1.spans.count } == QuickStartTests.spanCount)
            try checkFirstSpan(in: traces)
            try checkSpansThatAreNotLinked(in: traces)
            try checkChild(in: traces)
            try checkJobs(in: traces)
            try await checkTagSearch(api)
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a browser finds the service, opens the trace and reads the tag of the child`() async throws {
        try await withMartlet { server in
            _ = try await Python.runQuickStart(against: server)
            _ = try await JaegerAPI(server).traces(service: "first-service", untilSpans: QuickStartTests.spanCount)
            let ui = "http://127.0.0.1:\(server.ports.query)"
            let output = try await Python.run("browser_quick_start.py", environment: ["MARTLET_UI": ui])
            #expect(output.contains("pictures in"))
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `the quick start in Swift leaves the same traces as the one in Python`() async throws {
        let path = try Example.program("QuickStart", of: "QuickStart").path
        try await withMartlet { server in
            _ = try await Python.runWithJobsAPI([path], against: server)
            let api = JaegerAPI(server)
            let traces = try await api.traces(service: "first-service", untilSpans: QuickStartTests.spanCount)
            #expect(traces.count == 5)
            try checkFirstSpan(in: traces, hasPythonClient: false)
            try checkSpansThatAreNotLinked(in: traces)
            try checkChild(in: traces)
            try checkJobs(in: traces)
            try await checkTagSearch(api)
        }
    }

    private func trace(of operation: String, in traces: [JaegerTrace]) throws -> (JaegerTrace, JaegerSpan) {
        let trace = try #require(traces.first { $0.span(operation) != nil }, "no trace has a span \(operation)")
        return (trace, try #require(trace.span(operation)))
    }

    /// All tags of a root span, with value and type, and all of its process.
    private func checkFirstSpan(in traces: [JaegerTrace], hasPythonClient: Bool = true) throws {
        let (trace, span) = try trace(of: "first-span", in: traces)
        #expect(trace.spans.count == 1)
        #expect(span.references.isEmpty)
        #expect(span.duration >= 0)
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        #expect(abs(now - span.startTime) < 180_000_000, "the start is in microseconds since 1970")
        let expected: Set<JaegerTag> = [
            JaegerTag("sampler.type", "string", .string("const")),
            JaegerTag("sampler.param", "bool", .bool(true)),
            JaegerTag("first-tag", "string", .string("100")),
        ]
        #expect(expected.isSubset(of: span.tags), "the tags are \(span.tags)")
        #expect(Set(span.tags).subtracting(expected).map(\.key).allSatisfy { $0 == "internal.span.format" })
        let process = try #require(trace.process(of: span))
        #expect(process.serviceName == "first-service")
        let tags = Dictionary(grouping: process.tags, by: \.key)
        for key in ["hostname", "ip", "jaeger.version"] {
            #expect(tags[key]?.count == 1, "the process has \(key) once")
        }
        if hasPythonClient {
            #expect(tags["jaeger.version"]?.first?.value == .string("Python-4.8.0"))
            #expect(process.tags.count == 3)
        }
    }

    /// A span within the block of another one is not its child: it was not told to be.
    private func checkSpansThatAreNotLinked(in traces: [JaegerTrace]) throws {
        let (second, secondSpan) = try trace(of: "second-span", in: traces)
        let (third, thirdSpan) = try trace(of: "third-span", in: traces)
        #expect(second.traceID != third.traceID)
        #expect(secondSpan.references.isEmpty)
        #expect(thirdSpan.references.isEmpty)
        #expect(secondSpan.tags.contains(JaegerTag("second-tag", "string", .string("90"))))
        #expect(thirdSpan.tags.contains(JaegerTag("third-tag", "string", .string("80"))))
    }

    private func checkChild(in traces: [JaegerTrace]) throws {
        let (trace, parent) = try trace(of: "fourth-span", in: traces)
        let child = try #require(trace.span("fifth-span"))
        #expect(trace.spans.count == 2)
        #expect(parent.references.isEmpty)
        let reference = JaegerSpan.Reference(refType: "CHILD_OF", traceID: trace.traceID, spanID: parent.spanID)
        #expect(child.references == [reference])
        #expect(parent.tags.contains(JaegerTag("fourth-tag", "string", .string("60"))))
        #expect(child.tags.contains(JaegerTag("fifth-tag", "string", .string("80"))))
        #expect(!child.tags.contains { $0.key == "sampler.type" }, "only the root was sampled")
    }

    private func checkJobs(in traces: [JaegerTrace]) throws {
        let (trace, parent) = try trace(of: "get-python-jobs", in: traces)
        #expect(parent.tags.contains(JaegerTag("jobs-count", "int64", .int(5))))
        let children = trace.spans.filter { $0.spanID != parent.spanID }
        #expect(children.count == 5)
        #expect(children.allSatisfy { $0.references.map(\.spanID) == [parent.spanID] })
        let failed = children.filter { $0.tags.contains(JaegerTag("error", "bool", .bool(true))) }
        #expect(failed.map(\.operationName) == ["Corncrake & Sons"])
    }

    private func checkTagSearch(_ api: JaegerAPI) async throws {
        let found = try await api.traces(service: "first-service", ["tags": #"{"first-tag":"100"}"#])
        #expect(found.count == 1)
        #expect(found.first?.spans.map(\.operationName) == ["first-span"])
        #expect(try await api.traces(service: "first-service", ["tags": #"{"first-tag":"10"}"#]).isEmpty)
    }
}
