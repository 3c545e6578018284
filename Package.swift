// swift-tools-version: 6.2
// The libraries people import, and the pure rooms and the store of the server. Nothing here needs the network
// stack: that lives in the nested package `Server/`, so that users of the client libraries never resolve it and
// the inner loop (`swift test`) stays short. See docs/decisions/0001-two-packages.md.

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // `RawSpan` inside the readers' own types. SwiftNIO and swift-collections build on the same flag.
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "OpenTracing", targets: ["OpenTracing"]),
        // A tracer for people's tests, and assertions on it, apart so that nothing else links the testing library.
        .library(name: "OpenTracingMock", targets: ["OpenTracingMock"]),
        .library(name: "OpenTracingTesting", targets: ["OpenTracingTesting"]),
        .library(name: "JaegerClient", targets: ["JaegerClient"]),
        // What stands between the tracer and other packages. Each needs the trait of the same name as that package's
        // module, or is empty: see docs/decisions/0011-traits.md.
        .library(name: "JaegerTracing", targets: ["JaegerTracing"]),
        .library(name: "JaegerConfigReader", targets: ["JaegerConfigReader"]),
        .library(name: "JaegerServiceLifecycle", targets: ["JaegerServiceLifecycle"]),
        .library(name: "JaegerMetrics", targets: ["JaegerMetrics"]),
        .library(name: "OpenTracingHTTPTypes", targets: ["OpenTracingHTTPTypes"]),
        .library(name: "OpenTracingNIOHTTP1", targets: ["OpenTracingNIOHTTP1"]),
        // For the server in `Server/`; not a promise to anyone else.
        .library(
            name: "MartletCore",
            targets: [
                "Thrift", "TraceModel", "Compression", "Receivers", "Senders", "Sampling", "SpanStorage",
                "EmbeddedStore",
                "TraceAnalysis",
            ]
        ),
    ],
    traits: [
        // None is on by default: who asks for none resolves swift-log and nothing else.
        .trait(name: "Tracing", description: "JaegerTracing: the tracer behind swift-distributed-tracing."),
        .trait(name: "Configuration", description: "JaegerConfigReader: the tracer's settings by swift-configuration."),
        .trait(name: "ServiceLifecycle", description: "JaegerServiceLifecycle: the tracer as a service of a group."),
        .trait(name: "Metrics", description: "JaegerMetrics: what the tracer counts, for swift-metrics."),
        .trait(name: "HTTPTypes", description: "OpenTracingHTTPTypes: contexts in the headers of swift-http-types."),
        .trait(name: "NIOHTTP1", description: "OpenTracingNIOHTTP1: contexts in the headers of SwiftNIO."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.81.0"),
    ],
    targets: [
        // The client libraries.
        .target(name: "OpenTracing", swiftSettings: settings),
        .target(name: "OpenTracingMock", dependencies: ["OpenTracing"], swiftSettings: settings),
        .target(name: "OpenTracingTesting", dependencies: ["OpenTracing", "OpenTracingMock"], swiftSettings: settings),
        .target(
            name: "JaegerClient",
            dependencies: ["OpenTracing", "Thrift", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),

        // The client libraries beside other packages.
        .target(
            name: "JaegerTracing",
            dependencies: [
                "JaegerClient", "OpenTracing",
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])
                ),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "JaegerConfigReader",
            dependencies: [
                "JaegerClient", "OpenTracing",
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "JaegerServiceLifecycle",
            dependencies: [
                "JaegerClient",
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "JaegerMetrics",
            dependencies: [
                "JaegerClient",
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OpenTracingHTTPTypes",
            dependencies: [
                "OpenTracing",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["HTTPTypes"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OpenTracingNIOHTTP1",
            dependencies: [
                "OpenTracing",
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["NIOHTTP1"])),
            ],
            swiftSettings: settings
        ),

        // The pure rooms: bytes to values, no I/O, no clock.
        .target(name: "Thrift", swiftSettings: settings),
        .target(name: "TraceModel", swiftSettings: settings),
        .target(name: "Compression", dependencies: ["CZlib", "CZstd"], swiftSettings: settings),
        .target(name: "Receivers", dependencies: ["TraceModel", "Thrift"], swiftSettings: settings),
        .target(name: "Senders", dependencies: ["TraceModel", "Thrift"], swiftSettings: settings),
        .target(name: "Sampling", dependencies: ["TraceModel", "SpanStorage"], swiftSettings: settings),
        .target(name: "SpanStorage", dependencies: ["TraceModel"], swiftSettings: settings),
        .target(name: "TraceAnalysis", dependencies: ["TraceModel"], swiftSettings: settings),

        // The store.
        .target(
            name: "EmbeddedStore",
            dependencies: ["SpanStorage", "TraceModel", "CZstd", "CSQLite", "CChecksum"],
            swiftSettings: settings
        ),
        .target(name: "CChecksum"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]
        ),

        .testTarget(
            name: "OpenTracingTests",
            dependencies: ["OpenTracing", "OpenTracingMock"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OpenTracingTestingTests",
            dependencies: ["OpenTracing", "OpenTracingMock", "OpenTracingTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OpenTracingComplianceTests",
            dependencies: ["OpenTracing", "OpenTracingMock", "JaegerClient"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ArticleTests",
            dependencies: ["OpenTracing", "OpenTracingMock", "OpenTracingTesting", "JaegerClient"],
            swiftSettings: settings
        ),
        .testTarget(name: "ThriftTests", dependencies: ["Thrift"], swiftSettings: settings),
        .testTarget(
            name: "JaegerClientTests",
            dependencies: ["JaegerClient", "OpenTracing", "Thrift", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .testTarget(name: "TraceModelTests", dependencies: ["TraceModel"], swiftSettings: settings),
        .testTarget(name: "CompressionTests", dependencies: ["Compression"], swiftSettings: settings),
        .testTarget(
            name: "ReceiversTests",
            dependencies: ["Receivers", "TraceModel", "Thrift"],
            resources: [.copy("Fixtures")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SendersTests",
            dependencies: ["Senders", "Receivers", "TraceModel"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SamplingTests",
            dependencies: ["Sampling", "SpanStorage", "TraceModel"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TraceAnalysisTests",
            dependencies: ["TraceAnalysis", "TraceModel"],
            swiftSettings: settings
        ),
        .testTarget(name: "SpanStorageTests", dependencies: ["SpanStorage", "TraceModel"], swiftSettings: settings),
        .testTarget(
            name: "EmbeddedStoreTests",
            dependencies: ["EmbeddedStore", "SpanStorage", "TraceModel", "CSQLite"],
            resources: [.copy("Fixtures")],
            swiftSettings: settings
        ),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
