import Synchronization

/// A port for each of the server's listeners, free when they were chosen.
struct Ports: Sendable {
    var query: Int
    let collector: Int
    let collectorGRPC: Int
    let otlp: Int
    let otlpGRPC: Int
    let zipkin: Int
    let sampling: Int
    let samplingGRPC: Int
    let queryGRPC: Int
    let admin: Int
    let compact: Int
    let binary: Int
    let zipkinCompact: Int

    /// Ports that nothing listens on, over TCP and UDP; no two tests of this process get the same one.
    static func choose() throws -> Ports {
        Ports(
            query: try next(),
            collector: try next(),
            collectorGRPC: try next(),
            otlp: try next(),
            otlpGRPC: try next(),
            zipkin: try next(),
            sampling: try next(),
            samplingGRPC: try next(),
            queryGRPC: try next(),
            admin: try next(),
            compact: try next(),
            binary: try next(),
            zipkinCompact: try next()
        )
    }

    /// The flags that put the server onto these ports; the names are those of Jaeger v1.
    var flags: [String] {
        [
            ("query.http-server.host-port", query),
            ("collector.http-server.host-port", collector),
            ("collector.otlp.http.host-port", otlp),
            ("collector.otlp.grpc.host-port", otlpGRPC),
            ("collector.grpc-server.host-port", collectorGRPC),
            ("sampling.grpc-server.host-port", samplingGRPC),
            ("query.grpc-server.host-port", queryGRPC),
            ("collector.zipkin.host-port", zipkin),
            ("http-server.host-port", sampling),
            ("admin.http.host-port", admin),
            ("processor.jaeger-compact.server-host-port", compact),
            ("processor.jaeger-binary.server-host-port", binary),
            ("processor.zipkin-compact.server-host-port", zipkinCompact),
        ].map { "--\($0)=127.0.0.1:\($1)" }
    }

    /// The variables by which scripts find them.
    var environment: [String: String] {
        [
            "MARTLET_QUERY": query, "MARTLET_COLLECTOR": collector, "MARTLET_COLLECTOR_GRPC": collectorGRPC,
            "MARTLET_OTLP_HTTP": otlp, "MARTLET_OTLP_GRPC": otlpGRPC, "MARTLET_ZIPKIN": zipkin,
            "MARTLET_SAMPLING": sampling, "MARTLET_SAMPLING_GRPC": samplingGRPC, "MARTLET_ADMIN": admin,
            "MARTLET_QUERY_GRPC": queryGRPC,
            "MARTLET_COMPACT": compact, "MARTLET_BINARY": binary, "MARTLET_ZIPKIN_COMPACT": zipkinCompact,
        ].mapValues { "\($0)" }
    }

    /// Below the range that the system gives to outgoing connections, so that none of those takes a port in between.
    private static let range = 20_000..<32_000
    private static let cursor = Mutex(Int.random(in: range))

    /// The first of four free ports in a row.
    static func nextFour() throws -> Int {
        for _ in 0..<100 {
            let first = try next()
            if first + 4 < range.upperBound, (first..<first + 4).allSatisfy({ Socket.isFree(port: $0) }) {
                cursor.withLock { $0 = max($0, first + 3) }
                return first
            }
        }
        throw HarnessError("no four free ports in a row")
    }

    /// One more free port.
    static func next() throws -> Int {
        for _ in range {
            let port = cursor.withLock { cursor in
                cursor = cursor + 1 < range.upperBound ? cursor + 1 : range.lowerBound
                return cursor
            }
            if Socket.isFree(port: port) { return port }
        }
        throw HarnessError("no free port between \(range.lowerBound) and \(range.upperBound)")
    }
}

/// Something that went wrong around the server rather than in it.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
