import Foundation
import Testing

/// Services in Swift and in Python, with the real jaeger-client, call each other: one trace, whichever way.
@Suite struct InteroperabilityTests {
    /// Services that call each other, each written with one of the libraries, and the format of their headers.
    struct Chain: CustomTestStringConvertible {
        let libraries: [Library]
        let propagation: Propagation

        var testDescription: String { libraries.map(\.rawValue).joined(separator: " calls ") + " in \(propagation)" }
    }

    enum Library: String {
        case swift
        case jaegerClient = "jaeger-client"
        case openTelemetry = "OpenTelemetry"
    }

    /// A format by its name in `JAEGER_PROPAGATION`.
    enum Propagation: String {
        case jaeger, w3c, b3, b3single

        /// OpenTelemetry's name for it.
        var openTelemetryName: String {
            switch self {
            case .jaeger: "jaeger"
            case .w3c: "tracecontext,baggage"
            case .b3: "b3multi"
            case .b3single: "b3"
            }
        }

        /// Baggage in B3's headers is an invention of Jaeger's clients, and the one for Python never had it.
        var carriesBaggage: Bool { self == .jaeger || self == .w3c }
    }

    private static let chains: [Chain] = [
        (Library.jaegerClient, Propagation.jaeger), (.jaegerClient, .b3), (.openTelemetry, .w3c),
        (.openTelemetry, .b3), (.openTelemetry, .b3single),
    ].flatMap { other, propagation in
        [[other, .swift, other], [.swift, other, .swift]].map { Chain(libraries: $0, propagation: propagation) }
    }

    @Test(.timeLimit(.minutes(5)), arguments: chains)
    func `a chain of services leaves one trace, each span below its caller, and baggage arrives`(
        chain: Chain
    ) async throws {
        try await withMartlet { server in
            try await withTemporaryFolder { folder in
                var services: [HTTPService] = []
                do {
                    for (position, library) in chain.libraries.enumerated() {
                        let log = folder.appendingPathComponent("\(position)")
                        services.append(try await start(library, position, chain.propagation, server, log: log))
                    }
                    // OpenTelemetry for Python writes a space as '+', which W3C Baggage does not know.
                    let greeting = chain.propagation == .w3c ? "Grüß,a=b" : "Grüß Gott, a=b"
                    let answer = try await call(services, greeting: greeting)
                    #expect(answer == (chain.propagation.carriesBaggage ? greeting : ""))
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
        _ library: Library,
        _ position: Int,
        _ propagation: Propagation,
        _ server: Martlet,
        log: URL
    ) async throws -> HTTPService {
        let own = [
            "JAEGER_SERVICE_NAME": "service-\(position)",
            "JAEGER_PROPAGATION": propagation.rawValue,
            "OTEL_PROPAGATORS": propagation.openTelemetryName,
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:\(server.ports.otlp)/v1/traces",
        ]
        let environment = server.clientEnvironment.merging(own) { $1 }
        if library == .swift {
            let program = try Example.program("Relay", of: "Tutorial")
            return try await HTTPService.start(program, environment: environment, portVariable: "RELAY_PORT", log: log)
        }
        let script = library == .jaegerClient ? "relay.py" : "otel_relay.py"
        return try await Python.serve([script], environment: environment, portVariable: "RELAY_PORT", log: log)
    }

    /// Asks the first service, which asks the second, which asks the third; the answer is the baggage of the last.
    private func call(_ services: [HTTPService], greeting: String) async throws -> String {
        let urls = services.map { "http://127.0.0.1:\($0.port)/relay" }
        let inner = urls.dropFirst().reversed().reduce(nil as String?) { next, url in
            next.map { "\(url)?next=\(Self.encoded($0))" } ?? url
        }
        let query = "greeting=\(Self.encoded(greeting))&next=\(Self.encoded(inner ?? ""))"
        let answer = try await HTTP.get(services[0].port, "/relay?\(query)")
        #expect(answer.status == 200)
        return answer.text
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
