// Lesson 3: a trace through several processes. Run `Formatter` and `Publisher` first.
//
//     swift run Lesson03 Brian

import OpenTracing
import TutorialKit

let helloTo = Tutorial.arguments("hello to")[0]
let tracer = Tutorial.makeTracer("hello-world")

func sayHello(_ helloTo: String) async throws {
    try await tracer.withSpan("say-hello") { span in
        span.setTag("hello-to", to: helloTo)
        let hello = try await format(helloTo)
        try await printHello(hello)
    }
}

func format(_ helloTo: String) async throws -> String {
    try await tracer.withSpan("format") { span in
        let hello = try await httpGet(port: Tutorial.formatterPort, path: "format", "helloTo", helloTo)
        span.log(["event": "string-format", "value": .string(hello)])
        return hello
    }
}

func printHello(_ hello: String) async throws {
    try await tracer.withSpan("println") { span in
        _ = try await httpGet(port: Tutorial.publisherPort, path: "publish", "helloStr", hello)
        span.log(event: "println")
    }
}

do {
    try await sayHello(helloTo)
} catch {
    print("Nothing to say: \(error)")
}
await tracer.close()
