/// Which modules each target may import: the table of `docs/architecture.md` as code.
///
/// Arrows point one way.
/// A room that is not here may not exist; a new import is a decision, and this is where it is made.
enum Rooms {
    /// The C library under each of its names.
    private static let cLibrary: Set<String> = ["Glibc", "Musl", "Darwin"]

    static let sources: [String: Set<String>] = [
        // The client libraries.
        // The C library is for the time of day, and for telling one thread from another.
        "OpenTracing": cLibrary.union(["Synchronization"]),
        "OpenTracingMock": ["OpenTracing", "Synchronization"],
        "OpenTracingTesting": ["OpenTracing", "OpenTracingMock", "Testing"],
        // Between the tracer and one other package each.
        "JaegerTracing": ["OpenTracing", "JaegerClient", "Tracing", "Synchronization"],
        "JaegerConfigReader": ["OpenTracing", "JaegerClient", "Configuration", "Logging"],
        "JaegerServiceLifecycle": ["JaegerClient", "ServiceLifecycle"],
        "JaegerMetrics": ["JaegerClient", "Metrics"],
        "OpenTracingHTTPTypes": ["OpenTracing", "HTTPTypes"],
        "OpenTracingNIOHTTP1": ["OpenTracing", "NIOHTTP1"],
        // Dispatch is for the thread on which spans are sent: a busy concurrency pool must not hold them back.
        "JaegerClient": cLibrary.union(["OpenTracing", "Thrift", "Logging", "Synchronization", "Dispatch"]),

        // The pure rooms: no I/O, no clock, nothing of the operating system.
        "Thrift": [],
        "TraceModel": [],
        "CZlib": [],
        "CZstd": [],
        "Compression": ["CZlib", "CZstd"],
        "Receivers": ["TraceModel", "Thrift"],
        "Senders": ["TraceModel", "Thrift"],
        "Sampling": ["TraceModel", "SpanStorage"],
        "SpanStorage": ["TraceModel"],
        "TraceAnalysis": ["TraceModel"],

        // The store. Dispatch is for the threads on which files are written: blocking work that the concurrency pool
        // must not do.
        "CChecksum": [],
        "CSQLite": [],
        "EmbeddedStore": cLibrary.union([
            "SpanStorage", "TraceModel", "CChecksum", "CSQLite", "CZstd", "Synchronization", "Dispatch",
        ]),

        // The server.
        "QueryAPI": [
            "TraceModel", "SpanStorage", "TraceAnalysis", "Sampling", "Receivers", "GRPCServer", "Hummingbird",
            "HTTPTypes", "NIOCore", "Logging", "Synchronization", "FoundationEssentials",
        ],
        "CHeap": [],
        "CWebUI": [],
        "WebUI": ["CWebUI"],
        "GRPCServer": ["TraceModel", "Compression", "NIOCore", "NIOHTTP2", "NIOHPACK", "Synchronization"],
        "MartletServer": cLibrary.union([
            "TraceModel", "Thrift", "Compression", "Receivers", "Senders", "Sampling", "SpanStorage", "EmbeddedStore",
            "QueryAPI",
            "WebUI", "GRPCServer", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1",
            "NIOHTTPCompression", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOHTTP2", "NIOHPACK", "Logging",
            "Synchronization", "FoundationEssentials", "Foundation",
        ]),
        "Demo": [
            "Hummingbird", "HTTPTypes", "JaegerClient", "JaegerTracing", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix",
            "OpenTracing", "OpenTracingNIOHTTP1", "Synchronization", "Tracing",
        ],
        "martlet": cLibrary.union([
            "CHeap", "Demo", "MartletServer", "EmbeddedStore", "SpanStorage", "TraceAnalysis", "TraceModel",
            "ArgumentParser", "Logging", "UnixSignals", "FoundationEssentials",
        ]),

        // Programs that measure.
        "CAllocations": [],
        "Measuring": cLibrary,
        "StoreBenchmarks": cLibrary.union([
            "Measuring", "EmbeddedStore", "Receivers", "SpanStorage", "Thrift", "TraceModel", "Foundation",
        ]),
        "ClientBenchmarks": cLibrary.union([
            "CAllocations", "Measuring", "OpenTracing", "JaegerClient", "JaegerTracing", "Tracing", "Foundation",
            "Synchronization",
        ]),

        // The fuzzers: what must hold stands with the tests.
        "BlockFuzzer": ["EmbeddedStore", "SpanStorage", "TraceModel"],
        "LogFuzzer": ["EmbeddedStore", "TraceModel"],
        "TraceQLFuzzer": ["SpanStorage"],
        "ReceiverFuzzer": ["Receivers", "TraceModel"],
        "DecompressionFuzzer": ["Compression"],

        // The examples: what a user of the libraries writes.
        "QuickStart": ["OpenTracing", "JaegerClient", "Foundation", "FoundationNetworking"],
        "Service": [
            "Configuration", "JaegerClient", "JaegerConfigReader", "JaegerServiceLifecycle", "JaegerTracing", "Logging",
            "ServiceLifecycle", "Tracing", "UnixSignals",
        ],
        "TutorialKit": ["OpenTracing", "JaegerClient", "Foundation", "FoundationNetworking"],
        "Lesson01": ["OpenTracing", "TutorialKit"],
        "Lesson02": ["OpenTracing", "TutorialKit"],
        "Lesson03": ["OpenTracing", "TutorialKit"],
        "Lesson04": ["OpenTracing", "TutorialKit"],
        "Formatter": ["OpenTracing", "TutorialKit", "FlyingFox", "Foundation"],
        "Publisher": ["OpenTracing", "TutorialKit", "FlyingFox", "Foundation"],
        "Relay": ["OpenTracing", "JaegerClient", "TutorialKit", "FlyingFox", "Foundation"],
    ]

    /// What tests may import besides their own room and what that room imports.
    static let everyTest: Set<String> = cLibrary.union([
        "Testing", "Foundation", "FoundationNetworking", "Synchronization",
    ])

    /// What the tests of one room import besides; the end-to-end tests stand outside and import no room at all.
    static let tests: [String: Set<String>] = [
        "ArticleTests": ["JaegerClient", "OpenTracing", "OpenTracingMock", "OpenTracingTesting"],
        "OpenTracingTests": ["OpenTracingMock"],
        "OpenTracingComplianceTests": ["OpenTracing", "OpenTracingMock", "JaegerClient"],
        "CarrierTests": [
            "HTTPTypes", "JaegerClient", "NIOHTTP1", "OpenTracing", "OpenTracingHTTPTypes", "OpenTracingNIOHTTP1",
        ],
        "JaegerServiceLifecycleTests": ["Logging", "OpenTracing"],
        "JaegerTracingTests": ["HTTPTypes", "OpenTracingHTTPTypes", "OpenTracingMock"],
        "SendersTests": ["Receivers"],
        "QueryAPITests": ["NIOEmbedded", "EmbeddedStore"],
        "MartletServerTests": ["NIOEmbedded"],
        "EndToEndTests": ["Dispatch"],
        "JaegerMetricsTests": ["MetricsTestKit", "OpenTracing"],
    ]
}
