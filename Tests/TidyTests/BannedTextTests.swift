import Testing

@Suite struct BannedTextTests {
    /// The rules quote what they ban.
    private static let rulesFile = "Tests/TidyTests/BannedText.swift"

    @Test func `calls that hide errors or escape the structure are not used`() {
        let findings = BannedTextTests.findings(BannedText.inSwift, in: Repository.shared.swift, text: \.code)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `unsafe code stays in the listed low-level files`() {
        let files = Repository.shared.swift.filter { !BannedText.lowLevelFiles.contains($0.path) }
        let findings = BannedTextTests.findings(BannedText.lowLevel, in: files, text: \.code)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `each low-level file is there, is unsafe, and says why it is safe`() {
        var findings: [Finding] = []
        for path in BannedText.lowLevelFiles.sorted() {
            guard let file = Repository.shared.file(path) else {
                findings.append(Finding(path: path, line: 1, advice: "is gone: remove it from lowLevelFiles"))
                continue
            }
            if !file.text.contains("// Safety:") {
                findings.append(Finding(path: path, line: 1, advice: "say why it is safe in a line '// Safety: …'"))
            }
            if BannedTextTests.findings(BannedText.lowLevel, in: [file], text: \.code).isEmpty {
                findings.append(Finding(path: path, line: 1, advice: "is safe now: remove it from lowLevelFiles"))
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `nothing is left lying about`() {
        let findings = BannedTextTests.findings(BannedText.leftovers, in: Repository.shared.code, text: \.text)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `no path of somebody's machine and no trace of a merge is in any file`() {
        let files = Repository.shared.files.filter { $0.path != BannedTextTests.rulesFile }
        let findings = BannedText.everywhere.flatMap { rule in
            files.flatMap { file in
                file.text.offsets(of: rule.text).filter { BannedTextTests.startsPath(file.text.bytes, at: $0) }
                    .map { Finding(path: file.path, line: file.text.line(at: $0), advice: rule.advice) }
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `names of types and files say what the thing does`() {
        var findings: [Finding] = []
        for file in Repository.shared.swift {
            if BannedText.isEmpty(file.name) {
                findings.append(Finding(path: file.path, line: 1, advice: "a name that says nothing: rename the file"))
            }
            for keyword in ["struct", "class", "enum", "actor", "protocol", "typealias"] {
                for offset in file.code.wordOffsets(of: keyword) {
                    let name = BannedTextTests.word(in: file.code.bytes, after: offset + keyword.utf8.count)
                    if BannedText.isEmpty(name) {
                        let line = file.code.line(at: offset)
                        findings.append(
                            Finding(path: file.path, line: line, advice: "'\(name)' says nothing: rename it")
                        )
                    }
                }
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `comments and strings are not taken for code`() {
        let source = """
            /// Never `try!` here. /* fatalError( */
            let advice = "no try! \\(x ? "try!" : "b") please" // try!
            let raw = #"a "quoted" try! text"#
            func `try! in a name`() { other() }
            """
        let file = SourceFile(path: "S.swift", bytes: Array(source.utf8))
        #expect(BannedTextTests.findings(BannedText.inSwift, in: [file], text: \.code).isEmpty)
        let guilty = SourceFile(path: "G.swift", bytes: Array("let a = 1\nlet b = try! f()\n".utf8))
        #expect(BannedTextTests.findings(BannedText.inSwift, in: [guilty], text: \.code).map(\.line) == [2])
    }

    private static func findings(
        _ rules: [BannedText.Rule],
        in files: [SourceFile],
        text: KeyPath<SourceFile, NumberedText>
    ) -> [Finding] {
        files.filter { $0.path != rulesFile }.flatMap { file in
            rules.flatMap { rule in
                let text = file[keyPath: text]
                // `withUnsafe` begins a family of names; all the others are whole words.
                let isPrefix = rule.text == "withUnsafe"
                let offsets = isPrefix ? text.offsets(of: rule.text) : text.wordOffsets(of: rule.text)
                return offsets.map {
                    let advice = "'\(rule.text)' is not used here: \(rule.advice)"
                    return Finding(path: file.path, line: text.line(at: $0), advice: advice)
                }
            }
        }
    }

    /// Whether a slash stands at the start of a path: `Sources/opt/x` and `https://host/home/` are none.
    private static func startsPath(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard bytes[offset] == UInt8(ascii: "/"), offset > 0 else { return true }
        let before = bytes[offset - 1]
        return !ByteClass.isWord(before)
            && ![".", "~", "-", "}", ")", ">", "*", "$"].contains(Character(Unicode.Scalar(before)))
    }

    private static func word(in bytes: [UInt8], after offset: Int) -> String {
        let rest = bytes[offset...].drop { $0 == UInt8(ascii: " ") }
        return String(decoding: rest.prefix(while: ByteClass.isWord), as: UTF8.self)
    }
}
