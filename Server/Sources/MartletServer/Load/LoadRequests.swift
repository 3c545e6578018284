import NIOCore
import Senders
import TraceModel

/// A batch as the requests, or the datagrams, that carry it.
struct LoadRequests: Sendable {
    /// One request or datagram.
    struct Part: Sendable {
        var body: ByteBuffer
        var spans: Int
    }

    var parts: [Part]
    /// The traces that the batch has.
    var traces: Int

    /// Its spans.
    var spans: Int { parts.reduce(0) { $0 + $1.spans } }
}

extension LoadSettings.Way {
    /// Datagrams are no larger: what a local network and its buffers bear, as Jaeger's clients do.
    private static let datagramBytesMax = 16_000

    /// A batch in the bytes of the protocol.
    func requests(_ batch: SpanBatch, traces: Int) -> LoadRequests {
        let bodies: [(body: [UInt8], spans: Int)]
        switch self {
        case .otlp, .otlpGRPC: bodies = [(OTLPEncoder.body(of: batch), batch.count)]
        case .zipkin: bodies = [(ZipkinJSONEncoder.body(of: batch), batch.count)]
        case .jaeger: bodies = JaegerThriftEncoder.bodies(of: batch)
        case .udp: bodies = JaegerThriftEncoder.datagrams(of: batch, bytesMax: Self.datagramBytesMax).datagrams
        }
        let parts = bodies.map { LoadRequests.Part(body: ByteBuffer(bytes: $0.body), spans: $0.spans) }
        return LoadRequests(parts: parts, traces: traces)
    }

    /// The upper half of a trace id as it stands in a request.
    ///
    /// With the bits of `LoadReel.fixed` it has the same length whatever the number is, in each of the protocols.
    func bytes(ofHigh high: UInt64) -> [UInt8] {
        switch self {
        case .otlp, .otlpGRPC, .jaeger: return (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
        case .zipkin: return Array(TraceID(high: high, low: 0).hex.utf8.prefix(16))
        case .udp:
            // A variable-length number, zigzag: a positive one is doubled.
            var rest = high << 1
            var bytes: [UInt8] = []
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            return bytes + [UInt8(rest)]
        }
    }

    /// Where a request's path leads, and what its body is.
    var target: (path: String, type: String) {
        switch self {
        case .otlp, .otlpGRPC: ("/v1/traces", "application/x-protobuf")
        case .zipkin: ("/api/v2/spans", "application/json")
        case .jaeger, .udp: ("/api/traces", "application/x-thrift")
        }
    }
}
