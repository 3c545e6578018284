import HTTPTypes
import JaegerClient
import NIOHTTP1
import OpenTracing
import OpenTracingHTTPTypes
import OpenTracingNIOHTTP1
import Testing

/// Contexts in the headers of other packages.
@Suite struct CarrierTests {
    let tracer = JaegerTracer(serviceName: "carriers", sampler: ConstSampler(true), reporter: InMemoryReporter())

    private func span() -> any OpenTracing.Span {
        let span = tracer.startSpan("client")
        span.setBaggageItem("user", to: "Zoë & co")
        return span
    }

    @Test func `a context goes through the fields of swift-http-types`() throws {
        let span = span()
        var fields: HTTPFields = [.accept: "text/plain"]
        tracer.inject(span.context, into: &fields, format: .httpHeaders)
        #expect(fields[.accept] == "text/plain")
        let context = try #require(try tracer.extract(from: fields, format: .httpHeaders))
        #expect(context.spanIdentifier == span.context.spanIdentifier)
        #expect(context.baggage == ["user": "Zoë & co"])
    }

    @Test func `a context goes through the headers of SwiftNIO`() throws {
        let span = span()
        var headers: HTTPHeaders = ["Accept": "text/plain"]
        tracer.inject(span.context, into: &headers, format: .httpHeaders)
        #expect(headers["accept"] == ["text/plain"])
        let context = try #require(try tracer.extract(from: headers, format: .httpHeaders))
        #expect(context.spanIdentifier == span.context.spanIdentifier)
        #expect(context.baggage == ["user": "Zoë & co"])
    }

    @Test func `what was there under the same name is replaced, in either case`() {
        var headers: HTTPHeaders = ["Uber-Trace-Id": "old"]
        headers.set("uber-trace-id", to: "new")
        #expect(headers["uber-trace-id"] == ["new"])
        var fields = HTTPFields()
        fields.set("Uber-Trace-Id", to: "old")
        fields.set("uber-trace-id", to: "new")
        #expect(fields.count == 1)
    }

    @Test func `a name that no field can have is left out`() {
        var fields = HTTPFields()
        fields.set("no name: at all", to: "value")
        fields.set("", to: "value")
        #expect(fields.isEmpty)
    }
}
