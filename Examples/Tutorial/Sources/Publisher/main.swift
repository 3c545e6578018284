// The service of lessons 3 and 4 that says the sentence: GET /publish?helloStr=Hello on port 8082.
//
//     swift run Publisher

import FlyingFox
import Foundation
import OpenTracing
import TutorialKit

let tracer = Tutorial.makeTracer("publisher")
let server = HTTPServer(port: Tutorial.publisherPort)

await server.appendRoute("GET /publish") { request in
    let headers = Dictionary(request.headers.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
    let caller = try? tracer.extract(from: headers, format: .httpHeaders)
    return tracer.withSpan("publish", childOf: caller, tags: [Tags.spanKind: SpanKind.server.tagValue]) { span in
        let hello = Query.value("helloStr", in: request.target.query()) ?? ""
        // `print` would keep it back when it goes into a file or a pipe.
        FileHandle.standardOutput.write(Data("\(hello)\n".utf8))
        span.log(event: "println")
        return HTTPResponse(statusCode: .ok, body: Data("published".utf8))
    }
}

try await server.run()
