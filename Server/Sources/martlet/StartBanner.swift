import MartletServer

/// The lines at the start: where to look, where to send, where the data lie.
struct StartBanner {
    let server: RunningServer
    let settings: ServerSettings
    let role: ServerRole

    /// Writes them to standard output.
    func show() {
        Terminal.say(text(styled: Terminal.hasStyle))
    }

    func text(styled: Bool) -> String {
        func strong(_ text: String) -> String { styled ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
        func faint(_ text: String) -> String { styled ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
        let path = settings.queryBasePath == "/" ? "" : settings.queryBasePath
        let host = settings.queryAddress?.host ?? settings.listenHost
        // An address for all of the machine's is none that a browser can open.
        let shown = ["0.0.0.0", "::", ""].contains(host) ? "localhost" : host.contains(":") ? "[\(host)]" : host
        let name = strong("martlet \(Martlet.version)") + (role == .allInOne ? "" : " \(role.rawValue)")
        var lines = ["\(name) is ready \(faint("(\(server.startDuration.milliseconds) ms)"))", ""]
        if let port = server.port(.query) { lines.append("  Web UI    \(strong("http://\(shown):\(port)\(path)"))") }
        let ingest: [(String, PortName, String)] = [
            ("OTLP", .otlpGRPC, "grpc"), ("", .otlpHTTP, "http"), ("Jaeger", .jaegerCompact, "udp compact"),
            ("", .jaegerBinary, "udp binary"), ("", .jaegerHTTP, "http"),
            ("", .jaegerGRPC, "grpc"), ("Zipkin", .zipkinHTTP, "http"),
            ("", .zipkinCompact, "udp compact"),
        ]
        var sendTo: [(label: String, ports: [String])] = []
        for (label, name, words) in ingest {
            guard let port = server.port(name) else { continue }
            if label.isEmpty, !sendTo.isEmpty {
                sendTo[sendTo.count - 1].ports.append("\(port) \(faint(words))")
            } else {
                sendTo.append((label.isEmpty ? "Zipkin" : label, ["\(port) \(faint(words))"]))
            }
        }
        for (label, ports) in sendTo {
            lines.append("  \(padded(label))\(ports.joined(separator: ", "))")
        }
        if let port = server.port(.sampling) {
            let grpc = server.port(.samplingGRPC).map { ", \($0) \(faint("grpc"))" } ?? ""
            lines.append("  Sampling  \(port) \(faint("http"))\(grpc)")
        }
        if let port = server.port(.queryGRPC) { lines.append("  Query     \(port) \(faint("grpc"))") }
        if let port = server.port(.admin) { lines.append("  Admin     \(port) \(faint("/metrics, / is the health"))") }
        let place =
            settings.storage == .memory
            ? "in memory, gone at the end" : "\(settings.dataDirectory) \(faint("(durability \(settings.durability))"))"
        let spans = server.spanCount
        lines.append("  Data      \(place)\(spans > 0 ? ", \(spans) \(spans == 1 ? "span" : "spans")" : "")")
        lines += ["", faint("Stop with Ctrl-C. All settings: martlet \(role.rawValue) --help"), ""]
        return lines.joined(separator: "\n")
    }

    private func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, 10 - label.count))
    }
}
