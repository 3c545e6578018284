import Foundation
import JaegerClient
import OpenTracing

/// What each lesson begins with.
public enum Tutorial {
    /// A tracer that records every trace and logs each span, and that is `GlobalTracer.current` from now on.
    public static func makeTracer(_ serviceName: String) -> any Tracer {
        JaegerConfiguration(serviceName: serviceName, sampler: .const(true), logging: true).initializeTracer()
    }

    /// The words on the command line; ends the program when there are not as many as there should be.
    public static func arguments(_ names: String...) -> [String] {
        let given = Array(CommandLine.arguments.dropFirst())
        guard given.count == names.count else {
            let program = URL(fileURLWithPath: CommandLine.arguments[0]).lastPathComponent
            print("Usage: \(program) \(names.map { "<\($0)>" }.joined(separator: " "))")
            exit(2)
        }
        return given
    }

    /// The port in an environment variable, or the tutorial's own.
    public static func port(_ variable: String, default number: UInt16) -> UInt16 {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt16($0) } ?? number
    }

    /// Where the formatter listens.
    public static var formatterPort: UInt16 { port("FORMATTER_PORT", default: 8081) }

    /// Where the publisher listens.
    public static var publisherPort: UInt16 { port("PUBLISHER_PORT", default: 8082) }
}
