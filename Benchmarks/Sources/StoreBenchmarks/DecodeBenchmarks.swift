import Measuring
import Receivers
import TraceModel

/// From the bytes of requests to columns.
enum DecodeBenchmarks {
    private static let repetitions = 10

    static func all() -> [Benchmark] {
        var load = Load(seed: 1)
        let requests = (0..<4).map { _ in load.spans(1_000) }
        let spans = requests.reduce(0) { $0 + $1.count }
        return [
            benchmark("decode-otlp-proto", requests.map(OTLPProtobuf.request), spans: spans) {
                bytes throws(ReceiverError) in
                try OTLPReceiver.decodeProtobuf(bytes.span.bytes)
            },
            benchmark("decode-otlp-json", requests.map(OTLPJSON.request), spans: spans) { bytes throws(ReceiverError) in
                try OTLPReceiver.decodeJSON(bytes.span.bytes)
            },
            benchmark("decode-jaeger-thrift", requests.flatMap(JaegerThrift.batches), spans: spans) {
                bytes throws(ReceiverError) in
                try JaegerReceiver.decodeBatch(bytes.span.bytes)
            },
        ]
    }

    private static func benchmark(
        _ name: String,
        _ requests: [[UInt8]],
        spans: Int,
        decode: @escaping ([UInt8]) throws(ReceiverError) -> Received
    ) -> Benchmark {
        Benchmark(name: name, unit: "span", rounds: 15) {
            var decoded = 0
            let start = threadNanoseconds()
            for _ in 0..<repetitions {
                for request in requests { decoded += try decode(request).batch.count }
            }
            let nanoseconds = threadNanoseconds() - start
            guard decoded == spans * repetitions else {
                throw BenchmarkError(description: "\(name) gave \(decoded) spans, not \(spans * repetitions)")
            }
            return (decoded, nanoseconds)
        }
    }
}
