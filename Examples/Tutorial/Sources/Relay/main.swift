// A service in the middle: takes the caller's context, and hands its own to the next one. Chain as many as you like,
// in whatever languages.
//
//     GET /relay?next=http%3A%2F%2Flocalhost%3A9002%2Frelay&greeting=Bonjour
//
// `greeting` becomes an item of baggage. The last in the chain, which has no `next`, answers with what reached it.
//
//     RELAY_PORT=9001 JAEGER_SERVICE_NAME=first JAEGER_PROPAGATION=w3c swift run Relay

import FlyingFox
import Foundation
import JaegerClient
import OpenTracing
import TutorialKit

let configuration = JaegerConfiguration(sampler: .const(true), logging: true)
let tracer: any Tracer = configuration.initializeTracer()
let server = HTTPServer(port: Tutorial.port("RELAY_PORT", default: 8083))

await server.appendRoute("GET /relay") { request in
    let headers = Dictionary(request.headers.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
    let caller = try? tracer.extract(from: headers, format: .httpHeaders)
    let tags: TagList = [Tags.spanKind: SpanKind.server.tagValue]
    let answer = try await tracer.withSpan("relay", childOf: caller, tags: tags) { span in
        if let greeting = Query.value("greeting", in: request.target.query()) {
            span.setBaggageItem("greeting", to: greeting)
        }
        guard let next = Query.value("next", in: request.target.query()), let url = URL(string: next) else {
            return span.baggageItem("greeting") ?? ""
        }
        return try await tracer.withSpan("call") { _ in try await httpGet(url) }
    }
    await tracer.flush()
    return HTTPResponse(statusCode: .ok, body: Data(answer.utf8))
}

try await server.run()
