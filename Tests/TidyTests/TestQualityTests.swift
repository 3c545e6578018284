import Testing

@Suite struct TestQualityTests {
    private static let assertions = ["#expect", "#require", "Issue.record", "confirmation("]

    @Test func `every test asserts something`() {
        var findings: [Finding] = []
        for file in Repository.shared.swift where file.isTest {
            let functions = SwiftScanner.functions(in: file.code)
            for attribute in file.code.wordOffsets(of: "@Test") {
                let following = functions.filter { $0.start > attribute }.min { $0.start < $1.start }
                guard let function = following, !TestQualityTests.asserts(function, in: file) else { continue }
                let line = file.code.line(at: function.start)
                let advice = "a test that cannot fail: add an #expect, or call an expect…/check… function"
                findings.append(Finding(path: file.path, line: line, advice: advice))
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `tests never sleep a fixed time in Python either`() {
        let findings = Repository.shared.code.filter { $0.path.hasSuffix(".py") }.flatMap { file in
            file.text.wordOffsets(of: "wait_for_timeout").map {
                let advice = "wait for what you expect to see instead"
                return Finding(path: file.path, line: file.text.line(at: $0), advice: advice)
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `the Python on the README is the Python that the end-to-end test runs`() throws {
        let readme = try #require(Repository.shared.file("README.md"))
        let script = try #require(Repository.shared.file("Server/Tests/EndToEndTests/python/quick_start.py"))
        let blocks = TestQualityTests.blocks(of: "python", in: readme.text)
        #expect(!blocks.isEmpty)
        for block in blocks {
            #expect(script.text.contains(block), "this block of README.md is not in \(script.path):\n\(block)")
        }
    }

    private static func asserts(_ function: SwiftScanner.Function, in file: SourceFile) -> Bool {
        let body = NumberedText(bytes: Array(file.code.bytes[function.body]))
        if assertions.contains(where: body.contains) { return true }
        // A function of the tests' own that asserts: expectRoundTrip(…), checkEvery(…), suite.check(…).
        return ["expect", "check", "assert", "verify"].contains { prefix in
            body.offsets(of: prefix).contains { $0 == 0 || !ByteClass.isWord(body.bytes[$0 - 1]) }
        }
    }

    private static func blocks(of language: String, in text: NumberedText) -> [String] {
        var blocks: [String] = []
        var current: [String]?
        for line in text.lines.map({ String(decoding: $0, as: UTF8.self) }) {
            if line == "```\(language)" {
                current = []
            } else if line == "```", let lines = current {
                blocks.append(lines.joined(separator: "\n"))
                current = nil
            } else {
                current?.append(line)
            }
        }
        return blocks
    }
}
