import Testing

/// The articles of the libraries: their code is compiled somewhere, so that it can't go out of date.
@Suite struct ArticleTests {
    @Test func `each piece of Swift in an article stands in a file that is compiled`() {
        let compiled = Repository.shared.swift.filter { $0.isTest || $0.path.hasPrefix("Examples/") }
            .map { ArticleTests.joined($0.text.lines) }
        let articles = Repository.shared.files.filter { $0.path.contains(".docc/") && $0.path.hasSuffix(".md") }
        #expect(articles.count >= 8)
        var findings: [Finding] = []
        for article in articles {
            for (line, snippet) in ArticleTests.snippets(of: article.text)
            where !compiled.contains(where: { $0.contains(snippet) }) {
                let advice = "this code is compiled nowhere: put it into Tests/ArticleTests"
                findings.append(Finding(path: article.path, line: line, advice: advice))
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `code that is changed in one place only is noticed`() {
        let article = NumberedText(bytes: Array("Text\n```swift\nlet a = 1\n    let b = 2\n```\n".utf8))
        let snippet = ArticleTests.snippets(of: article).first
        #expect(snippet?.line == 2)
        let compiled = NumberedText(bytes: Array("  func f() {\n  let a = 1\n  let b = 2\n}\n".utf8))
        #expect(snippet.map { ArticleTests.joined(compiled.lines).contains($0.text) } == true)
        let changed = NumberedText(bytes: Array("let a = 1\nlet b = 3\n".utf8))
        #expect(snippet.map { ArticleTests.joined(changed.lines).contains($0.text) } == false)
    }

    /// The blocks of Swift, each with its first line's number.
    private static func snippets(of text: NumberedText) -> [(line: Int, text: String)] {
        var found: [(line: Int, text: String)] = []
        var start: Int?
        let lines = text.lines
        for (index, line) in lines.enumerated() {
            if String(decoding: line, as: UTF8.self) == "```swift" {
                start = index + 1
            } else if let first = start, String(decoding: line, as: UTF8.self) == "```" {
                found.append((first, joined(Array(lines[first..<index]))))
                start = nil
            }
        }
        return found
    }

    /// Lines without their indentation: an article has another one than the file.
    private static func joined(_ lines: [ArraySlice<UInt8>]) -> String {
        lines.map { String(decoding: $0.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self) }.joined(separator: "\n")
    }
}
