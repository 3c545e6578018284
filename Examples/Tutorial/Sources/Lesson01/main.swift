// Lesson 1: a tracer, a span, its tags and logs.
//
//     swift run Lesson01 Brian

import OpenTracing
import TutorialKit

let helloTo = Tutorial.arguments("hello to")[0]
let tracer = Tutorial.makeTracer("hello-world")

do {
    let span = tracer.startSpan("say-hello")
    defer { span.finish() }
    span.setTag("hello-to", to: helloTo)

    let hello = "Hello, \(helloTo)!"
    span.log(["event": "string-format", "value": .string(hello)])

    print(hello)
    span.log(event: "println")
}

await tracer.close()
