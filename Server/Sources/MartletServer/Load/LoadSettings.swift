/// What a load is to be like.
public struct LoadSettings: Sendable {
    /// How spans are sent.
    public enum Way: String, Sendable, CaseIterable {
        case otlp
        case otlpGRPC = "otlp-grpc"
        case udp
        case zipkin
        case jaeger

        /// The port that a server listens on for it, unless it was told otherwise.
        public var standardPort: Int {
            switch self {
            case .otlp: 4318
            case .otlpGRPC: 4317
            case .udp: 6831
            case .zipkin: 9411
            case .jaeger: 14268
            }
        }

        /// What it is, for people.
        public var words: String {
            switch self {
            case .otlp: "OTLP over HTTP"
            case .otlpGRPC: "OTLP over gRPC"
            case .udp: "Jaeger Thrift over UDP"
            case .zipkin: "Zipkin JSON"
            case .jaeger: "Jaeger Thrift over HTTP"
            }
        }
    }

    /// How spans are sent.
    public var way = Way.otlp
    /// Where to.
    public var host = "127.0.0.1"
    /// Nil for the usual one.
    public var port: Int?
    /// Spans a second, of all senders together; 0 for as many as are taken.
    public var spansPerSecond = 1_000.0
    /// For how long, in seconds; nil until somebody stops it.
    public var seconds: Double? = 10
    /// Ends after so many spans, if it is not nil.
    public var spansMax: Int?
    /// Connections that send at a time.
    public var senders = 2
    /// Spans of a request.
    public var spansPerRequest = 512
    /// Services that take part.
    public var services = 5
    /// Operations of each.
    public var operations = 8
    /// How deep calls go.
    public var depth = 4
    /// Spans of a trace, about.
    public var spansPerTrace = 10
    /// Attributes of a span.
    public var attributes = 8
    /// How many values attributes with many values have.
    public var cardinality = 1_000
    /// The share of traces with an error in them, 0 to 1.
    public var errors = 0.02
    /// The same seed gives the same traces, but for their times and ids.
    public var seed: UInt64 = 1
    /// Whether requests are made once and sent again and again, with other trace ids: it costs the sender far less.
    public var isReusing = false
    /// Whether what the server wants later is dropped, as by a client whose queue is full, instead of sent again.
    public var dropsRefused = false

    /// A load of a thousand spans a second for ten seconds.
    public init() {}

    /// Why they make no sense, in words; nil if they do.
    public var problem: String? {
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("senders", senders, 1...256), ("batch", spansPerRequest, 1...10_000), ("services", services, 1...1_000),
            ("operations", operations, 1...1_000), ("depth", depth, 1...100), ("attributes", attributes, 0...100),
            ("spans-per-trace", spansPerTrace, 1...10_000), ("cardinality", cardinality, 1...10_000_000),
        ]
        for (name, value, range) in bounds where !range.contains(value) {
            return "--\(name): \(value) is not between \(range.lowerBound) and \(range.upperBound)"
        }
        if !(0...1).contains(errors) { return "--errors: \(errors) is not a share from 0 to 1" }
        if !(0...1e7).contains(spansPerSecond) { return "--rate: \(spansPerSecond) is not between 0 and 10000000" }
        if let seconds, !(seconds > 0) { return "--duration: it must be longer than nothing" }
        if let spansMax, spansMax < 1 { return "--spans: \(spansMax) is less than 1" }
        return nil
    }
}
