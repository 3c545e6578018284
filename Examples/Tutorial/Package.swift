// swift-tools-version: 6.2
// The four lessons of the OpenTracing tutorial. They use two products of the package above; FlyingFox is the HTTP
// server of the two services in lessons 3 and 4, chosen because it has no dependencies and builds in seconds.

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let tracing: [Target.Dependency] = [
    .product(name: "OpenTracing", package: "martlet"),
    .product(name: "JaegerClient", package: "martlet"),
]

func lesson(_ name: String, _ more: [Target.Dependency] = []) -> Target {
    .executableTarget(name: name, dependencies: tracing + ["TutorialKit"] + more, swiftSettings: settings)
}

let package = Package(
    name: "tutorial",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "martlet", path: "../.."),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
    ],
    targets: [
        .target(name: "TutorialKit", dependencies: tracing, swiftSettings: settings),
        lesson("Lesson01"),
        lesson("Lesson02"),
        lesson("Lesson03"),
        lesson("Lesson04"),
        lesson("Formatter", [.product(name: "FlyingFox", package: "FlyingFox")]),
        lesson("Publisher", [.product(name: "FlyingFox", package: "FlyingFox")]),
        lesson("Relay", [.product(name: "FlyingFox", package: "FlyingFox")]),
    ],
    swiftLanguageModes: [.v6]
)
