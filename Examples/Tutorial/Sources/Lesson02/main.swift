// Lesson 2: a span for each function; the active span is the parent, and is not passed along.
//
//     swift run Lesson02 Brian

import OpenTracing
import TutorialKit

let helloTo = Tutorial.arguments("hello to")[0]
let tracer = Tutorial.makeTracer("hello-world")

func sayHello(_ helloTo: String) {
    tracer.withSpan("say-hello") { span in
        span.setTag("hello-to", to: helloTo)
        let hello = format(helloTo)
        printHello(hello)
    }
}

func format(_ helloTo: String) -> String {
    tracer.withSpan("format") { span in
        let hello = "Hello, \(helloTo)!"
        span.log(["event": "string-format", "value": .string(hello)])
        return hello
    }
}

func printHello(_ hello: String) {
    tracer.withSpan("println") { span in
        print(hello)
        span.log(event: "println")
    }
}

sayHello(helloTo)
await tracer.close()
