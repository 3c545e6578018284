import Foundation
import Testing

/// The OpenTracing tutorial's lessons: ours in Swift, and mixed with the same programs in Python.
@Suite struct TutorialTests {
    /// In which language a program of the tutorial is written.
    enum Language: String, CaseIterable {
        case swift, python
    }

    @Test(.timeLimit(.minutes(3)))
    func `the first two lessons leave one span, and a span for each function`() async throws {
        try await withMartlet { server in
            for lesson in ["Lesson01", "Lesson02"] {
                let program = try Example.program(lesson, of: "Tutorial")
                let output = try await Program.run(program, ["Brian"], environment: server.clientEnvironment)
                #expect(output.contains("Hello, Brian!"))
            }
            let traces = try await JaegerAPI(server).traces(service: "hello-world", untilSpans: 4)
            let paths = traces.map(\.paths).sorted { $0.count < $1.count }
            #expect(paths.first == ["hello-world:say-hello"])
            #expect(
                paths.last == [
                    "hello-world:say-hello",
                    "hello-world:say-hello > hello-world:format",
                    "hello-world:say-hello > hello-world:println",
                ]
            )
            let root = traces.flatMap(\.spans).first { $0.operationName == "say-hello" }
            #expect(root?.tags.contains(JaegerTag("hello-to", "string", .string("Brian"))) == true)
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a lesson without its words says which it wants`() async throws {
        let failure = await #expect(throws: HarnessError.self) {
            try await Program.run(try Example.program("Lesson04", of: "Tutorial"), ["Brian"])
        }
        #expect(failure?.description.contains("Usage: Lesson04 <hello to> <greeting>") == true)
    }

    @Test(.timeLimit(.minutes(5)), arguments: Language.allCases, Language.allCases)
    func `the last lessons make one trace of three services, and the greeting travels with it`(
        caller: Language,
        services: Language
    ) async throws {
        try await withMartlet { server in
            try await withTemporaryFolder { folder in
                var running: [HTTPService] = []
                do {
                    let formatter = try await start("Formatter", "FORMATTER_PORT", services, server, folder)
                    running.append(formatter)
                    let publisher = try await start("Publisher", "PUBLISHER_PORT", services, server, folder)
                    running.append(publisher)
                    try await sayHello(caller, server, formatter: formatter, publisher: publisher)
                    try await check(server)
                } catch {
                    for service in running { try await service.kill() }
                    throw HarnessError("\(error)\n\(running.map(\.program.output).joined(separator: "\n"))")
                }
                for service in running { try await service.kill() }
            }
        }
    }

    private func start(
        _ name: String,
        _ portVariable: String,
        _ language: Language,
        _ server: Martlet,
        _ folder: URL
    ) async throws -> HTTPService {
        let log = folder.appendingPathComponent(name)
        switch language {
        case .swift:
            return try await HTTPService.start(
                try Example.program(name, of: "Tutorial"),
                environment: server.clientEnvironment,
                portVariable: portVariable,
                log: log
            )
        case .python:
            return try await Python.serve(
                ["tutorial.py", name.lowercased()],
                environment: server.clientEnvironment,
                portVariable: portVariable,
                log: log
            )
        }
    }

    private func sayHello(
        _ language: Language,
        _ server: Martlet,
        formatter: HTTPService,
        publisher: HTTPService
    ) async throws {
        let ports = ["FORMATTER_PORT": "\(formatter.port)", "PUBLISHER_PORT": "\(publisher.port)"]
        let environment = server.clientEnvironment.merging(ports) { $1 }
        switch language {
        case .swift:
            let program = try Example.program("Lesson04", of: "Tutorial")
            _ = try await Program.run(program, ["Brian", "Bonjour"], environment: environment)
        case .python:
            _ = try await Python.run("tutorial.py", ["hello", "Brian", "Bonjour"], environment: environment)
        }
        let said: Bool? = try await poll { publisher.program.output.contains("Bonjour, Brian!") ? true : nil }
        #expect(said == true, "the publisher said: \(publisher.program.output)")
    }

    private func check(_ server: Martlet) async throws {
        let api = JaegerAPI(server)
        let expected = [
            "hello-world:say-hello",
            "hello-world:say-hello > hello-world:format",
            "hello-world:say-hello > hello-world:format > formatter:format",
            "hello-world:say-hello > hello-world:println",
            "hello-world:say-hello > hello-world:println > publisher:publish",
        ]
        let traces = try await api.traces(service: "hello-world", untilSpans: expected.count)
        #expect(traces.map(\.paths) == [expected])
        let kinds = traces.flatMap(\.spans).map { span in span.tags.first { $0.key == "span.kind" }?.value }
        #expect(kinds.count { $0 == .string("client") } == 2)
        #expect(kinds.count { $0 == .string("server") } == 2)
    }
}
