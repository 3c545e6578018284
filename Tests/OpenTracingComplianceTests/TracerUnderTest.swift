import JaegerClient
import OpenTracing
import OpenTracingMock

/// A tracer that has to behave as OpenTracing says, and what came of its spans.
struct TracerUnderTest {
    /// Which tracer.
    enum Kind: String, CaseIterable {
        case mock, jaeger
    }

    /// What can be seen of a finished span through any tracer.
    struct FinishedSpan {
        let operationName: String
        let parentIdentifier: String?
        let tags: TagList
        let logs: [(time: Timestamp, fields: TagList)]
        let startTime: Timestamp
        let durationNanoseconds: Int64
    }

    let tracer: any Tracer
    private let finished: () -> [FinishedSpan]

    init(_ kind: Kind) {
        switch kind {
        case .mock:
            let tracer = MockTracer()
            self.tracer = tracer
            finished = { tracer.finishedSpans.map { FinishedSpan($0) } }
        case .jaeger:
            let reporter = InMemoryReporter()
            tracer = JaegerTracer(serviceName: "compliance", sampler: ConstSampler(true), reporter: reporter)
            finished = { reporter.spans.map { FinishedSpan($0) } }
        }
    }

    var finishedSpans: [FinishedSpan] { finished() }

    func finishedSpan(_ operationName: String) -> FinishedSpan? {
        finishedSpans.first { $0.operationName == operationName }
    }
}

extension TracerUnderTest.FinishedSpan {
    init(_ span: MockSpan) {
        self.init(
            operationName: span.operationName,
            parentIdentifier: span.parentID.map { String($0, radix: 16) },
            tags: span.tags,
            logs: span.logs.map { ($0.time, $0.fields) },
            startTime: span.startTime,
            durationNanoseconds: span.finishTime.map {
                $0.nanosecondsSinceEpoch - span.startTime.nanosecondsSinceEpoch
            } ?? -1
        )
    }

    init(_ span: FinishedSpan) {
        let parent = JaegerSpanContext(traceIDLow: span.context.traceIDLow, spanID: span.context.parentID)
        self.init(
            operationName: span.operationName,
            parentIdentifier: parent.spanID == 0 ? nil : parent.spanIdentifier,
            tags: span.tags,
            logs: span.logs.map { ($0.time, $0.fields) },
            startTime: span.startTime,
            durationNanoseconds: span.durationNanoseconds
        )
    }
}
