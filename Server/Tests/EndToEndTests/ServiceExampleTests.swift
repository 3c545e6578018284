import Foundation
import Testing

/// `Examples/Service`: swift-distributed-tracing, swift-configuration and swift-service-lifecycle around the tracer.
@Suite struct ServiceExampleTests {
    @Test(.timeLimit(.minutes(3)))
    func `a service that ends by itself has sent its last span, and its log names the trace`() async throws {
        try await withMartlet { server in
            let own = [
                "JAEGER_SERVICE_NAME": "orders", "JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1",
                "JAEGER_TRACEID_128BIT": "true", "ORDERS": "2",
            ]
            let output = try await Program.run(
                try Example.program("Service", of: "Service"),
                [],
                environment: server.clientEnvironment.merging(own) { $1 }
            )
            let traces = try await JaegerAPI(server).traces(service: "orders", untilSpans: 4)
            #expect(traces.count == 2)
            for trace in traces {
                #expect(trace.paths == ["orders:handle-order", "orders:handle-order > orders:reserve-stock"])
                #expect(trace.traceID.count == 32)
            }
            #expect(traces.contains { output.contains("trace_id=\($0.traceID)") }, "the log: \(output)")
            let failed = traces.flatMap(\.spans).filter { $0.tags.contains(JaegerTag("error", "bool", .bool(true))) }
            #expect(Set(failed.map(\.operationName)) == ["handle-order", "reserve-stock"])
        }
    }
}
