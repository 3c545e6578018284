// The service of lessons 3 and 4 that makes the sentence: GET /format?helloTo=Brian on port 8081.
//
//     swift run Formatter

import FlyingFox
import Foundation
import OpenTracing
import TutorialKit

let tracer = Tutorial.makeTracer("formatter")
let server = HTTPServer(port: Tutorial.formatterPort)

await server.appendRoute("GET /format") { request in
    // What the caller wrote into the headers; without it this span begins a trace of its own.
    let headers = Dictionary(request.headers.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
    let caller = try? tracer.extract(from: headers, format: .httpHeaders)
    return tracer.withSpan("format", childOf: caller, tags: [Tags.spanKind: SpanKind.server.tagValue]) { span in
        let helloTo = Query.value("helloTo", in: request.target.query()) ?? "nobody"
        let hello = "\(span.baggageItem("greeting") ?? "Hello"), \(helloTo)!"
        span.log(["event": "string-format", "value": .string(hello)])
        return HTTPResponse(statusCode: .ok, body: Data(hello.utf8))
    }
}

try await server.run()
