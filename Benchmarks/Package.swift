// swift-tools-version: 6.2
// Programs that measure. A package of its own, so that who uses the libraries never resolves it.

import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "martlet", path: "..", traits: ["Tracing"]),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
    ],
    targets: [
        // Counts calls of malloc and its like, in place of the C library's.
        .target(name: "CAllocations"),
        .target(name: "Measuring"),
        .executableTarget(
            name: "ClientBenchmarks",
            dependencies: [
                "CAllocations", "Measuring",
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "JaegerClient", package: "martlet"),
                .product(name: "JaegerTracing", package: "martlet"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .executableTarget(
            name: "StoreBenchmarks",
            dependencies: ["Measuring", .product(name: "MartletCore", package: "martlet")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
