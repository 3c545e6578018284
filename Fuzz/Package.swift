// swift-tools-version: 6.2
// Coverage-guided fuzzers, a package of their own so that nobody builds them by accident: `./dev fuzz block 60`.
// What must hold of any input stands with the tests, which try it on the corpus with every run.

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // The fuzzer's library has the main function.
    .unsafeFlags(["-parse-as-library"]),
]

let package = Package(
    name: "martlet-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "martlet", path: "..")],
    targets: ["BlockFuzzer", "DecompressionFuzzer", "LogFuzzer", "ReceiverFuzzer", "TraceQLFuzzer"].map { name in
        .executableTarget(
            name: name,
            dependencies: [.product(name: "MartletCore", package: "martlet")],
            swiftSettings: settings
        )
    },
    swiftLanguageModes: [.v6]
)
