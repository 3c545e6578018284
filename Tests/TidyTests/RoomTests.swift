import Testing

@Suite struct RoomTests {
    @Test func `each target imports only what the table of rooms allows`() {
        var findings: [Finding] = []
        for file in Repository.shared.swift {
            guard let target = file.target else { continue }
            guard let allowed = RoomTests.allowed(for: target, isTest: file.isTest) else {
                findings.append(Finding(path: file.path, line: 1, advice: "no such room: add it to Rooms.swift"))
                continue
            }
            for (line, module) in Imports.of(file.code) where !allowed.contains(module) {
                findings.append(
                    Finding(path: file.path, line: line, advice: "\(target) may not import \(module): see Rooms.swift")
                )
            }
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `imports are found in all their forms`() {
        let code = """
            import Thrift
            @testable import Receivers
            public import struct TraceModel.TraceID
            let important = 1
            package  import NIOCore
            """
        let found = Imports.of(NumberedText(bytes: Array(code.utf8)))
        #expect(found.map(\.module) == ["Thrift", "Receivers", "TraceModel", "NIOCore"])
        #expect(found.map(\.line) == [1, 2, 3, 5])
    }

    private static func allowed(for target: String, isTest: Bool) -> Set<String>? {
        guard isTest else { return Rooms.sources[target] }
        guard target.hasSuffix("Tests") else { return nil }
        let room = String(target.dropLast("Tests".count))
        let own = Rooms.sources[room].map { $0.union([room]) } ?? []
        return Rooms.everyTest.union(own).union(Rooms.tests[target] ?? [])
    }
}

/// The import declarations of a file.
enum Imports {
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    static func of(_ code: NumberedText) -> [(line: Int, module: String)] {
        var found: [(line: Int, module: String)] = []
        var seen: Set<Int> = []
        let lines = code.lines
        for offset in code.wordOffsets(of: "import") {
            let line = code.line(at: offset)
            let words = String(decoding: lines[line - 1], as: UTF8.self).split { $0 == " " || $0 == "\t" || $0 == ";" }
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { continue }
            var path = words[index + 1]
            if kinds.contains(path), index + 2 < words.count { path = words[index + 2] }
            if seen.insert(line).inserted, let module = path.split(separator: ".").first {
                found.append((line, String(module)))
            }
        }
        return found
    }
}
