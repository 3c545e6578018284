import Foundation
import Testing
import WebUI

/// The files as they lie in the source tree, which the binary must hold unchanged.
enum SourceTree {
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let ui = tests.appendingPathComponent("../../Sources/CWebUI/ui").standardizedFileURL

    /// Paths below ui/, in order.
    static func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: ui.path)
            .filter { path in
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: "\(ui.path)/\(path)", isDirectory: &isFolder)
                return exists && !isFolder.boolValue && !path.hasSuffix(".DS_Store")
            }
            .sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: ui.appendingPathComponent(path), encoding: .utf8)
    }
}

struct EmbeddedFilesTests {
    @Test func `every file of the UI is in the binary, byte for byte, and nothing else is`() throws {
        let files = try SourceTree.files()
        let expected = files.filter { $0 != "index.html" }.map { "\(WebUI.staticPath)/\($0)" }
        #expect(WebUI.paths == expected.sorted(), "compare Sources/CWebUI/web_ui.c with the folder ui")
        for path in files where path != "index.html" {
            let asset = try #require(WebUI.asset(path: "/\(WebUI.staticPath)/\(path)"))
            let source = try Data(contentsOf: SourceTree.ui.appendingPathComponent(path))
            let isSame = asset.bytes == Array(source)
            #expect(isSame, "\(path) in the binary is not the one in the source tree")
            #expect(asset.immutable)
            #expect(!asset.contentType.hasPrefix("application/octet-stream"), "\(path) needs a content type")
        }
    }

    @Test func `files of another version are not found`() {
        #expect(WebUI.asset(path: "static/0000000000000000/app.js") == nil)
        #expect(WebUI.asset(path: "\(WebUI.staticPath)/../app.js") == nil)
        #expect(WebUI.asset(path: "index.html") == nil)
    }

    @Test func `the tags of different files differ`() {
        let tags = WebUI.paths.compactMap { WebUI.asset(path: $0)?.etag }
        #expect(Set(tags).count == tags.count)
        #expect(tags.allSatisfy { $0.count == 18 && $0.hasPrefix("\"") && $0.hasSuffix("\"") })
    }
}

struct IndexTests {
    @Test(arguments: [
        ("/", "/"), ("", "/"), ("/jaeger", "/jaeger/"), ("a/b/", "/a/b/"), ("//x//", "/x/"),
        ("/\"><script>", "/&quot;&gt;&lt;script&gt;/"), ("/a&b", "/a&amp;b/"),
    ])
    func `the base path is normalised and escaped`(path: String, base: String) {
        let index = String(decoding: WebUI.index(basePath: path).bytes, as: UTF8.self)
        #expect(index.contains("<base href=\"\(base)\">"))
    }

    @Test(arguments: ["", "search", "trace/0123", "nowhere"])
    func `every file that the index names is there`(path: String) {
        let index = WebUI.index(basePath: "/", path: path)
        let text = String(decoding: index.bytes, as: UTF8.self)
        #expect(!index.immutable)
        #expect(!text.contains("CONTENT-HASH"))
        #expect(!text.contains("MODULE-PRELOADS"))
        for path in Self.named(text) {
            #expect(WebUI.asset(path: path) != nil, "\(path) is named by the index but not served")
        }
    }

    @Test func `the index announces what the page needs at once, and nothing of other pages`() {
        let search = Self.modules(path: "search")
        let trace = Self.modules(path: "trace/0123")
        let shell = Self.modules(path: "nowhere")
        #expect(shell.isSuperset(of: ["app.js", "draw/html.js", "model/format.js", "text/en/shell.js"]))
        #expect(search.isSuperset(of: shell.union(["pages/search.js", "parts/search-form.js"])))
        #expect(trace.isSuperset(of: shell.union(["pages/trace.js", "parts/waterfall.js"])))
        #expect(search.isDisjoint(with: ["pages/trace.js", "parts/waterfall.js"]))
        #expect(shell.isDisjoint(with: ["pages/search.js", "pages/trace.js"]))
        #expect(Self.modules(path: "") == search)
    }

    private static func named(_ text: String) -> [String] {
        text.matches(of: /(?:src|href)="(static\/[^"]+)"/).map { String($0.output.1) }
    }

    private static func modules(path: String) -> Set<String> {
        let text = String(decoding: WebUI.index(basePath: "/", path: path).bytes, as: UTF8.self)
        let scripts = named(text).filter { $0.hasSuffix(".js") && !$0.hasSuffix("/theme.js") }
        return Set(scripts.map { String($0.dropFirst(WebUI.staticPath.count + 1)) })
    }

    @Test func `two base paths have two tags`() {
        #expect(WebUI.index(basePath: "/").etag != WebUI.index(basePath: "/a").etag)
        #expect(WebUI.index(basePath: "/a").etag == WebUI.index(basePath: "a/").etag)
    }
}
