import Foundation
import Testing

/// What a program resolves that uses the client libraries: nothing of the server's.
@Suite struct ResolutionTests {
    private struct Package: Decodable {
        let identity: String
        let dependencies: [Package]

        var all: Set<String> { dependencies.reduce(into: [identity]) { $0.formUnion($1.all) } }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a program with the tracer alone resolves swift-log and nothing else`() async throws {
        #expect(try await resolved("QuickStart") == ["swift-log"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `the tutorial resolves an HTTP server besides`() async throws {
        #expect(try await resolved("Tutorial") == ["swift-log", "flyingfox"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `a service resolves the packages whose traits it asks for, what they need, and nothing of the server's`()
        async throws
    {
        let all = try await resolved("Service")
        let asked: Set = [
            "swift-log", "swift-distributed-tracing", "swift-configuration", "swift-service-lifecycle",
        ]
        #expect(asked.isSubset(of: all))
        #expect(all.subtracting(asked) == ["swift-async-algorithms", "swift-collections", "swift-system"])
    }

    /// What SwiftPM resolves for a package in `Examples/`, besides itself and this repository.
    private func resolved(_ example: String) async throws -> Set<String> {
        let folder = try Example.folder(example)
        let output = try await Program.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["swift", "package", "--package-path", folder.path, "show-dependencies", "--format", "json"]
        )
        // What is fetched for the first time is told before the answer.
        let start = try #require(output.range(of: "{\n")?.lowerBound, "no JSON: \(output)")
        let package = try JSONDecoder().decode(Package.self, from: Data(output[start...].utf8))
        let ownRepository = package.dependencies.first { $0.dependencies.contains { $0.identity == "swift-log" } }
        let own = try #require(ownRepository, "the example does not depend on this repository: \(output)")
        return package.all.subtracting([package.identity, own.identity])
    }
}
