import ArgumentParser
import MartletServer

/// Sends files of spans to a server that runs.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send files of spans to a server that runs.",
        discussion: """
            A file may be what Jaeger's UI or API gives for download, OTLP as JSON (one
            request, or one a line as the collector writes them) or as protobuf, or a list
            of Zipkin's spans. Which it is, its content tells.
            """
    )

    @Argument(help: "The files.")
    var files: [String]

    @Option(help: "Where the server listens.")
    var host = "127.0.0.1"

    @Option(help: "Its port for OTLP over HTTP.")
    var otlpPort = 4318

    @Option(help: "Its port for Jaeger Thrift over HTTP.")
    var jaegerPort = 14268

    @Option(help: "Its port for Zipkin.")
    var zipkinPort = 9411

    func run() async throws {
        var hasFailed = false
        for path in files {
            do throws(SpanFileError) {
                let file = try SpanFile(path: path)
                let ports = (otlp: otlpPort, jaeger: jaegerPort, zipkin: zipkinPort)
                try await file.send(host: host) { name in
                    switch name {
                    case .jaegerHTTP: ports.jaeger
                    case .zipkinHTTP: ports.zipkin
                    default: ports.otlp
                    }
                }
                let spans = file.spanCount == 1 ? "1 span" : "\(file.spanCount) spans"
                Terminal.say("\(path): \(spans) sent (\(file.format.rawValue))")
            } catch {
                Terminal.complain("error: \(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.failure }
    }
}
