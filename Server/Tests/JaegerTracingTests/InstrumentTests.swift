import HTTPTypes
import JaegerClient
import JaegerTracing
import OpenTracing
import OpenTracingHTTPTypes
import Testing
import Tracing

/// Contexts that travel through swift-distributed-tracing's instruments.
@Suite struct InstrumentTests {
    /// A carrier that can be asked for a key, and not for its keys.
    private struct Message: Sendable {
        private var headers: [String: String] = [:]

        subscript(key: String) -> String? {
            get { headers[key.lowercased()] }
            set { headers[key.lowercased()] = newValue }
        }
    }

    private struct MessageAccess: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout Message) { carrier[key] = value }
        func extract(key: String, from carrier: Message) -> String? { carrier[key] }
    }

    private struct FieldAccess: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout HTTPFields) {
            if let name = HTTPField.Name(key) { carrier[name] = value }
        }
        func extract(key: String, from carrier: HTTPFields) -> String? {
            HTTPField.Name(key).flatMap { carrier[$0] }
        }
    }

    let traced = Traced()

    @Test func `a context goes through a carrier, and the next span is a child`() throws {
        let client = traced.start("client", ofKind: .client)
        var message = Message()
        traced.tracer.inject(client.context, into: &message, using: MessageAccess())
        var context = ServiceContext.topLevel
        traced.tracer.extract(message, into: &context, using: MessageAccess())
        #expect(context.jaegerContext?.spanID == client.jaegerSpan.jaegerContext.spanID)
        traced.tracer.startAnySpan("server", context: context, ofKind: .server).end()
        client.end()
        #expect(try traced.parent(of: "server") == "client")
        #expect(try traced.finished("server").kind == .server)
    }

    @Test func `an extracted context goes before the span around it, and its span before that`() throws {
        let remote = JaegerSpanContext(traceIDLow: 7, spanID: 8, flags: [.sampled])
        withTracer(traced.tracer) {
            withSpan("around") { _ in
                var context = ServiceContext.current ?? .topLevel
                context.jaegerContext = remote
                withSpan("server", context: context) { _ in withSpan("inner") { _ in } }
            }
        }
        #expect(try traced.finished("server").context.parentID == 8)
        #expect(try traced.finished("server").context.traceIDLow == 7)
        #expect(try traced.parent(of: "inner") == "server")
    }

    @Test func `baggage arrives through headers that can be read through`() {
        let client = traced.start("client")
        client.jaegerSpan.setBaggageItem("user", to: "Zoë")
        var fields = HTTPFields()
        traced.tracer.inject(client.context, into: &fields, using: FieldAccess())
        var context = ServiceContext.topLevel
        traced.tracer.extract(fields, into: &context, using: FieldAccess())
        #expect(context.baggage == ["user": "Zoë"])
        let server = traced.tracer.startAnySpan("server", context: context)
        #expect(server.context.baggage == ["user": "Zoë"])
        server.end()
        client.end()
    }

    @Test func `baggage may be set on a context, and belongs to the spans that start in it`() throws {
        var context = ServiceContext.topLevel
        context.baggage["user"] = "7"
        #expect(context.baggage == ["user": "7"])
        let span = traced.tracer.startSpan("root", context: context)
        #expect(span.jaegerSpan.baggageItem("user") == "7")
        #expect(traced.tracer.startSpan("new trace", context: .topLevel).context.baggage.isEmpty)

        var inner = span.context
        inner.baggage["tier"] = "gold"
        let child = traced.tracer.startSpan("child", context: inner)
        #expect(child.context.baggage == ["user": "7", "tier": "gold"])
        #expect(span.context.baggage == ["user": "7"])
        child.end()
        span.end()
        #expect(try traced.parent(of: "child") == "root")
    }

    @Test func `a damaged context is treated like a missing one, and a missing one changes nothing`() {
        var message = Message()
        var context = ServiceContext.topLevel
        traced.tracer.extract(message, into: &context, using: MessageAccess())
        #expect(context.isEmpty)
        message["uber-trace-id"] = "neither:here:nor:there"
        traced.tracer.extract(message, into: &context, using: MessageAccess())
        #expect(context.isEmpty)
        traced.tracer.inject(.topLevel, into: &message, using: MessageAccess())
        #expect(message["traceparent"] == nil)
    }
}
