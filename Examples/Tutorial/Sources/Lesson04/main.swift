// Lesson 4: baggage. The greeting travels with the context, and only the formatter looks at it.
//
//     swift run Lesson04 Brian Bonjour

import OpenTracing
import TutorialKit

let arguments = Tutorial.arguments("hello to", "greeting")
let tracer = Tutorial.makeTracer("hello-world")

func sayHello(_ helloTo: String, _ greeting: String) async throws {
    try await tracer.withSpan("say-hello") { span in
        span.setTag("hello-to", to: helloTo)
        span.setBaggageItem("greeting", to: greeting)
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
    try await sayHello(arguments[0], arguments[1])
} catch {
    print("Nothing to say: \(error)")
}
await tracer.close()
