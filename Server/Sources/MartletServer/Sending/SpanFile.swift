import Receivers
import TraceModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of spans, in one of the formats that people keep: Jaeger's JSON, OTLP as JSON or protobuf, Zipkin's JSON.
public struct SpanFile: Sendable {
    /// What a file turned out to be.
    public enum Format: String, Sendable {
        case jaeger = "Jaeger JSON"
        case otlpJSON = "OTLP JSON"
        case otlpProtobuf = "OTLP protobuf"
        case zipkin = "Zipkin JSON"
    }

    /// A body to send, and where.
    struct Request: Sendable {
        var port: PortName
        var path: String
        var contentType: String
        var body: [UInt8]
    }

    /// Its format, told from its content.
    public let format: Format
    /// How many spans it has.
    public let spanCount: Int
    let requests: [Request]

    /// Reads a file.
    public init(path: String) throws(SpanFileError) {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw SpanFileError("\(path) cannot be read: is it there, and may you read it?")
        }
        do throws(SpanFileError) {
            try self.init(bytes)
        } catch {
            throw SpanFileError("\(path): \(error)")
        }
    }

    init(_ bytes: [UInt8]) throws(SpanFileError) {
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        if first == UInt8(ascii: "{") {
            if let file = try Self.jaeger(bytes) {
                let batches = try file.batches()
                format = .jaeger
                spanCount = batches.reduce(0) { $0 + $1.spans }
                requests = batches.map {
                    Request(port: .jaegerHTTP, path: "/api/traces", contentType: "application/x-thrift", body: $0.body)
                }
                return
            }
            // The collector's file exporter writes a request a line.
            let lines = Self.isOneObject(bytes) ? [bytes] : bytes.split(separator: 0x0A).map(Array.init)
            format = .otlpJSON
            spanCount = try Self.count(lines) { body throws(ReceiverError) in
                try OTLPReceiver.decodeJSON(body.span.bytes)
            }
            requests = lines.map {
                Request(port: .otlpHTTP, path: "/v1/traces", contentType: "application/json", body: $0)
            }
        } else if first == UInt8(ascii: "[") {
            format = .zipkin
            let isFirstVersion = String(decoding: bytes, as: UTF8.self).contains("\"binaryAnnotations\"")
            spanCount = try Self.count([bytes]) { body throws(ReceiverError) in
                isFirstVersion
                    ? try ZipkinReceiver.decodeJSONv1(body.span.bytes, receivedAt: 0)
                    : try ZipkinReceiver.decodeJSON(body.span.bytes, receivedAt: 0)
            }
            let path = isFirstVersion ? "/api/v1/spans" : "/api/v2/spans"
            requests = [Request(port: .zipkinHTTP, path: path, contentType: "application/json", body: bytes)]
        } else {
            format = .otlpProtobuf
            spanCount = try Self.count([bytes]) { body throws(ReceiverError) in
                try OTLPReceiver.decodeProtobuf(body.span.bytes)
            }
            requests = [
                Request(port: .otlpHTTP, path: "/v1/traces", contentType: "application/x-protobuf", body: bytes)
            ]
        }
    }

    private struct Probe: Decodable {
        struct Anything: Decodable {}
        var data: [Anything]?
    }

    private static func isOneObject(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(Probe.self, from: Data(bytes))) != nil
    }

    /// The file if it is Jaeger's, which one knows by its `data`.
    private static func jaeger(_ bytes: [UInt8]) throws(SpanFileError) -> JaegerTraceFile? {
        let probe = try? JSONDecoder().decode(Probe.self, from: Data(bytes))
        guard probe?.data != nil else { return nil }
        do {
            return try JSONDecoder().decode(JaegerTraceFile.self, from: Data(bytes))
        } catch {
            throw SpanFileError("it has \"data\" as Jaeger's files do, but: \(error)")
        }
    }

    private static func count(
        _ bodies: [[UInt8]],
        _ decode: ([UInt8]) throws(ReceiverError) -> Received
    ) throws(SpanFileError) -> Int {
        var count = 0
        for body in bodies {
            do throws(ReceiverError) {
                count += try decode(body).batch.count
            } catch {
                throw SpanFileError("it is no file of spans that is known here: \(error)")
            }
        }
        return count
    }
}

/// Why a file of spans could not be read or sent.
public struct SpanFileError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
