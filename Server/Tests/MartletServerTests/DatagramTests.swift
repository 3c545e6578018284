import MartletServer
import SpanStorage
import Testing
import TraceModel

@Suite struct DatagramTests {
    private func send(_ bytes: [UInt8], _ port: PortName, of server: RunningServer) throws {
        let client = try TestClient(port: #require(server.port(port)), isDatagram: true)
        client.send(bytes)
    }

    @Test(arguments: [PortName.jaegerCompact, .jaegerBinary, .zipkinCompact])
    func `each port takes each encoding and both methods`(port: PortName) async throws {
        try await withTestServer { server in
            try send(Samples.compactDatagram, port, of: server)
            try send(Samples.binaryDatagram, port, of: server)
            try send(Samples.zipkinDatagram, port, of: server)
            #expect(await eventually { server.spanCount == 3 })
            #expect(try await server.store.services() == ["svc", "zsvc"])
            #expect(try await server.store.trace(Samples.compactTraceID)?.count == 2)
        }
    }

    @Test func `garbage is counted and what follows it is taken`() async throws {
        try await withTestServer { server in
            var random = SystemRandomNumberGenerator()
            let port = try #require(server.port(.jaegerCompact))
            let client = try TestClient(port: port, isDatagram: true)
            var garbage: [[UInt8]] = [
                [0x82, 0x81, 0x01, 0x09],
                // A list that says it has two billion elements.
                [0x82, 0x81, 0x00, 0x09] + Array("emitBatch".utf8) + [0x1C, 0x29, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07],
                Array(repeating: 0xFF, count: 60_000),
            ]
            for count in stride(from: 1, to: Samples.compactDatagram.count, by: 5) {
                garbage.append(Array(Samples.compactDatagram.prefix(count)))
            }
            for _ in 0..<50 { garbage.append((0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }) }
            for bytes in garbage {
                client.send(bytes)
                // One after the other, so that the socket's buffer never overflows.
                let sent = UInt64(garbage.firstIndex(of: bytes) ?? 0) + 1
                let name = #"martlet_ingest_requests_total{source="jaeger_compact_udp"}"#
                if sent % 16 == 0 { #expect(try await eventually { try await server.metric(name) ?? 0 >= sent }) }
            }
            client.send(Samples.compactDatagram)
            #expect(await eventually { server.spanCount >= 1 })
            let errors = #"jaeger_agent_thrift_udp_t_processor_handler_errors_total{model="jaeger",protocol="compact"}"#
            #expect(try await server.metric(errors) ?? 0 > 40)
        }
    }

    @Test func `a datagram of the largest size arrives whole`() async throws {
        try await withTestServer { server in
            // Zipkin's field 2 does not exist and is skipped: a datagram padded with it to what UDP can carry.
            var bytes = Array(Samples.compactDatagram.dropLast())
            let padding = 65_507 - bytes.count - 5
            bytes += [0x78, UInt8(padding & 0x7F | 0x80), UInt8(padding >> 7 & 0x7F | 0x80), UInt8(padding >> 14)]
            bytes += [UInt8](repeating: 0x61, count: padding) + [0]
            try send(bytes, .jaegerCompact, of: server)
            #expect(await eventually { server.spanCount == 1 })
        }
    }

    @Test func `a burst becomes a few appends and nothing is lost`() async throws {
        try await withTestServer { server in
            let client = try TestClient(port: #require(server.port(.jaegerCompact)), isDatagram: true)
            for _ in 0..<200 { #expect(client.send(Samples.compactDatagram)) }
            #expect(await eventually { server.spanCount == 200 }, "\(server.spanCount) of 200 arrived")
            let name = #"jaeger_agent_thrift_udp_server_packets_processed_total{model="jaeger",protocol="compact"}"#
            #expect(try await server.metric(name) == 200)
        }
    }
}
