// swift-tools-version: 6.2
// The server: everything that needs the network stack. The rooms it stands on are in the package above.

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let core: Target.Dependency = .product(name: "MartletCore", package: "martlet")

let package = Package(
    name: "martlet-server",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(
            name: "martlet",
            path: "..",
            traits: ["Tracing", "ServiceLifecycle", "Metrics", "HTTPTypes", "NIOHTTP1"]
        ),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "QueryAPI",
            dependencies: [
                core, "GRPCServer",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "GRPCServer",
            dependencies: [
                core,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CHeap"),
        .target(name: "CWebUI", exclude: ["ui"]),
        .target(name: "WebUI", dependencies: ["CWebUI"], swiftSettings: settings),
        .target(
            name: "MartletServer",
            dependencies: [
                core, "QueryAPI", "WebUI", "GRPCServer",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Demo",
            dependencies: [
                .product(name: "JaegerClient", package: "martlet"),
                .product(name: "JaegerTracing", package: "martlet"),
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "OpenTracingNIOHTTP1", package: "martlet"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "CHeap", "Demo", "MartletServer", core,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "QueryAPITests",
            dependencies: [
                "QueryAPI", core,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GRPCServerTests",
            dependencies: [
                "GRPCServer", core,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "WebUITests", dependencies: ["WebUI"], exclude: ["ui"], swiftSettings: settings),
        .testTarget(
            name: "MartletServerTests",
            dependencies: [
                "MartletServer", core,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        // The client libraries beside other packages: tested here, where those are resolved anyway.
        .testTarget(
            name: "CarrierTests",
            dependencies: [
                .product(name: "JaegerClient", package: "martlet"),
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "OpenTracingHTTPTypes", package: "martlet"),
                .product(name: "OpenTracingNIOHTTP1", package: "martlet"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "JaegerTracingTests",
            dependencies: [
                .product(name: "JaegerClient", package: "martlet"),
                .product(name: "JaegerTracing", package: "martlet"),
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "OpenTracingHTTPTypes", package: "martlet"),
                .product(name: "OpenTracingMock", package: "martlet"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "JaegerServiceLifecycleTests",
            dependencies: [
                .product(name: "JaegerClient", package: "martlet"),
                .product(name: "JaegerServiceLifecycle", package: "martlet"),
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "JaegerMetricsTests",
            dependencies: [
                .product(name: "JaegerClient", package: "martlet"),
                .product(name: "JaegerMetrics", package: "martlet"),
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "EndToEndTests", dependencies: ["martlet"], exclude: ["python"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
