// swift-tools-version: 6.2
// A program that is traced, as somebody else would write it: it uses two products of the package above and resolves
// nothing but swift-log.

import PackageDescription

let package = Package(
    name: "quick-start",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "martlet", path: "../..")],
    targets: [
        .executableTarget(
            name: "QuickStart",
            dependencies: [
                .product(name: "OpenTracing", package: "martlet"),
                .product(name: "JaegerClient", package: "martlet"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
