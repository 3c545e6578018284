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
            #expect(asset.bytes == Array(source), "\(path) in the binary is not the one in the source tree")
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

    @Test func `every file that the index names is there, and every module is loaded at once`() throws {
        let index = WebUI.index(basePath: "/")
        let text = String(decoding: index.bytes, as: UTF8.self)
        #expect(!index.immutable)
        #expect(!text.contains("CONTENT-HASH"))
        let named = text.matches(of: /(?:src|href)="(static\/[^"]+)"/).map { String($0.output.1) }
        for path in named {
            #expect(WebUI.asset(path: path) != nil, "\(path) is named by the index but not served")
        }
        let scripts = WebUI.paths.filter { $0.hasSuffix(".js") }
        #expect(Set(scripts).isSubset(of: named))
    }

    @Test func `two base paths have two tags`() {
        #expect(WebUI.index(basePath: "/").etag != WebUI.index(basePath: "/a").etag)
        #expect(WebUI.index(basePath: "/a").etag == WebUI.index(basePath: "a/").etag)
    }
}
