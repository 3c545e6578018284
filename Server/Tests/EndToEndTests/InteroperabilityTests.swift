import Foundation
import Testing

/// Services in Swift and in Python, with the real jaeger-client, call each other: one trace, whichever way.
@Suite struct InteroperabilityTests {
    /// The chains, each a service's language after the other, and the formats in which contexts travel.
    struct Chain: CustomTestStringConvertible {
        let languages: [Language]
        let propagation: String

        var testDescription: String { languages.map(\.rawValue).joined(separator: " calls ") + " in \(propagation)" }
    }

    enum Language: String {
        case swift, python
    }

    private static let chains: [Chain] = ["jaeger"].flatMap { propagation in
        [
            Chain(languages: [.python, .swift, .python], propagation: propagation),
            Chain(languages: [.swift, .python, .swift], propagation: propagation),
        ]
    }

    @Test(.timeLimit(.minutes(5)), arguments: chains)
    func `a chain of services leaves one trace, each span below its caller, and baggage arrives`(
        chain: Chain
    ) async throws {
        try await withMartlet { server in
            try await withTemporaryFolder { folder in
                var services: [HTTPService] = []
                do {
                    for (position, language) in chain.languages.enumerated() {
                        let log = folder.appendingPathComponent("\(position)")
                        services.append(try await start(language, position, chain.propagation, server, log: log))
                    }
                    try await call(services, greeting: "Grüß Gott, a=b")
                    try await checkTrace(server, hops: services.count)
                } catch {
                    for service in services { try await service.kill() }
                    throw HarnessError("\(error)\n\(services.map(\.program.output).joined(separator: "\n"))")
                }
                for service in services { try await service.kill() }
            }
        }
    }

    private func start(
        _ language: Language,
        _ position: Int,
        _ propagation: String,
        _ server: Martlet,
        log: URL
    ) async throws -> HTTPService {
        let own = ["JAEGER_SERVICE_NAME": "service-\(position)", "JAEGER_PROPAGATION": propagation]
        let environment = server.clientEnvironment.merging(own) { $1 }
        switch language {
        case .swift:
            return try await HTTPService.start(
                try Example.program("Relay", of: "Tutorial"),
                environment: environment,
                portVariable: "RELAY_PORT",
                log: log
            )
        case .python:
            return try await Python.serve(
                ["relay.py"],
                environment: environment,
                portVariable: "RELAY_PORT",
                log: log
            )
        }
    }

    /// Asks the first service, which asks the second, which asks the third; the answer is the baggage of the last.
    private func call(_ services: [HTTPService], greeting: String) async throws {
        var url: String?
        for (position, service) in services.enumerated().reversed() {
            var query = url.map { ["next=\(Self.encoded($0))"] } ?? []
            if position == 0 { query.append("greeting=\(Self.encoded(greeting))") }
            let path = "/relay" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
            if position == 0 {
                let answer = try await HTTP.get(service.port, path)
                #expect(answer.status == 200)
                #expect(answer.text == greeting)
            }
            url = "http://127.0.0.1:\(service.port)\(path)"
        }
    }

    private func checkTrace(_ server: Martlet, hops: Int) async throws {
        var path = ""
        var expected: [String] = []
        for hop in 0..<hops {
            path += (hop == 0 ? "" : " > ") + "service-\(hop):relay"
            expected.append(path)
            if hop < hops - 1 {
                path += " > service-\(hop):call"
                expected.append(path)
            }
        }
        let traces = try await JaegerAPI(server).traces(service: "service-0", untilSpans: expected.count)
        #expect(traces.map(\.paths) == [expected])
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
