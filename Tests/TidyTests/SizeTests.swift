import Testing

@Suite struct SizeTests {
    @Test func `files fit in a reader's head`() {
        var findings: [Finding] = []
        for file in Repository.shared.code {
            let count = file.text.lineCount
            let limit = Limits.longFiles[file.path] ?? Limits.fileLines
            if count > min(limit, Limits.fileLinesHard) {
                let advice = "\(count) lines, \(limit) allowed: one idea a file, split it"
                findings.append(Finding(path: file.path, line: count, advice: advice))
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `functions fit on a screen`() {
        var findings: [Finding] = []
        for file in Repository.shared.swift {
            for function in SwiftScanner.functions(in: file.code) {
                let count = SizeTests.lines(of: function, in: file)
                let limit = Limits.longFunctions["\(file.path) \(function.name)"] ?? Limits.functionLines
                if count > limit {
                    let line = file.code.line(at: function.start)
                    let advice = "\(function.name) has \(count) lines, \(limit) allowed: name its parts"
                    findings.append(Finding(path: file.path, line: line, advice: advice))
                }
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `lines are no wider than a review shows`() {
        var findings: [Finding] = []
        for file in Repository.shared.code {
            for (index, line) in file.text.lines.enumerated() where line.count > Limits.lineColumns {
                let columns = String(decoding: line, as: UTF8.self).count
                if columns > Limits.lineColumns {
                    let advice = "\(columns) columns, \(Limits.lineColumns) allowed: break the line"
                    findings.append(Finding(path: file.path, line: index + 1, advice: advice))
                }
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `the ratchets only shrink`() {
        var findings: [Finding] = []
        for (path, allowed) in Limits.longFiles {
            let count = Repository.shared.file(path)?.text.lineCount ?? 0
            if let advice = SizeTests.advice(count: count, allowed: allowed, limit: Limits.fileLines) {
                findings.append(Finding(path: path, line: 1, advice: advice))
            }
        }
        for (key, allowed) in Limits.longFunctions {
            let parts = key.split(separator: " ", maxSplits: 1).map(String.init)
            let file = parts.first.flatMap(Repository.shared.file)
            let counts = file.map { file in
                SwiftScanner.functions(in: file.code).filter { $0.name == parts.last }
                    .map { SizeTests.lines(of: $0, in: file) }
            }
            if let advice = SizeTests.advice(
                count: counts?.max() ?? 0,
                allowed: allowed,
                limit: Limits.functionLines
            ) {
                findings.append(Finding(path: key, line: 1, advice: advice))
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `a function is measured from its name to its closing brace`() {
        let source = """
            protocol P {
                func requirement() -> Int
            }
            struct S: P {
                init(a: Int) { self.init() }
                func requirement() -> Int {
                    // A brace in a comment } and one in "a string }" do not count.
                    let text = "}"
                    return text.count
                }
            }
            """
        let file = SourceFile(path: "S.swift", bytes: Array(source.utf8))
        let functions = SwiftScanner.functions(in: file.code)
        #expect(functions.map(\.name) == ["func requirement", "init"])
        #expect(functions.map { SizeTests.lines(of: $0, in: file) } == [5, 1])
    }

    private static func advice(count: Int, allowed: Int, limit: Int) -> String? {
        if count <= limit { return "fits now (\(count)): remove it from the ratchet in Limits.swift" }
        if count + Limits.slack < allowed { return "shrank to \(count): lower its number in Limits.swift" }
        return nil
    }

    private static func lines(of function: SwiftScanner.Function, in file: SourceFile) -> Int {
        file.code.line(at: function.body.upperBound - 1) - file.code.line(at: function.start) + 1
    }
}
