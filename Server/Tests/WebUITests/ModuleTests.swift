import Foundation
import Testing

/// What the modules of the UI may import and may not do.
struct ModuleTests {
    /// Each layer, and those it may import from besides itself.
    static let layers: [String: Set<String>] = [
        "app": ["pages", "parts", "draw", "state", "text"],
        "pages": ["parts", "draw", "state", "model", "text"],
        "parts": ["draw", "state", "model", "text"],
        "draw": ["model"],
        "state": ["model"],
        "text": ["model"],
        "model": [],
    ]

    /// What is no module.
    static let scripts: Set = ["theme.js", "exported-loader.js"]

    static func layer(_ path: String) -> String {
        path.contains("/") ? String(path.prefix { $0 != "/" }) : "app"
    }

    /// What a module imports at once, and what it imports later.
    static func imports(_ path: String) throws -> [String] {
        let text = try SourceTree.text(path)
        let now = text.matches(of: /(?m)^(?:import|\} from|import .* from|export .* from) "([^"]+)";/)
        let later = text.matches(of: /import\("([^"]+)"\)/)
        let folder = URL(fileURLWithPath: "/\(path)").deletingLastPathComponent()
        return (now.map(\.output.1) + later.map(\.output.1))
            .map { String(folder.appendingPathComponent(String($0)).standardizedFileURL.path.dropFirst()) }
    }

    @Test func `imports resolve and point downwards only`() throws {
        let files = try SourceTree.files()
        for path in files where path.hasSuffix(".js") && !Self.scripts.contains(path) {
            let allowed = try #require(Self.layers[Self.layer(path)], "\(path) is in no layer")
            for target in try Self.imports(path) {
                #expect(files.contains(target), "\(path) imports \(target), which is not there")
                let layer = Self.layer(target)
                #expect(layer == Self.layer(path) || allowed.contains(layer), "\(path) may not import \(target)")
            }
        }
    }

    @Test func `every module is reached from the application`() throws {
        // In a page that was saved one module takes the place of another.
        var reached = Self.scripts.union(["state/file-navigation.js"])
        var open = ["app.js", "exported.js"]
        while let path = open.popLast() {
            guard reached.insert(path).inserted else { continue }
            open += try Self.imports(path)
        }
        let modules = try SourceTree.files().filter { $0.hasSuffix(".js") }
        #expect(reached == Set(modules))
    }

    @Test func `no markup is made from strings and nothing is inline`() throws {
        for path in try SourceTree.files() {
            let text = try SourceTree.text(path)
            let lines = text.split(separator: "\n").filter { !$0.contains("HTML)$/i.test(name)") }
            for banned in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
                #expect(!lines.contains { $0.contains(banned) }, "\(path) uses \(banned)")
            }
            #expect(!text.contains(/\sstyle="/), "\(path) has a style attribute: the policy refuses it")
            // A saved page has everything in it: its own scripts run by a number, and data do not run.
            let inline =
                path == "exported.html"
                ? /<script(?! nonce="%NONCE%"| type="application\/json")/ : /<script(?![^>]*src=)/
            #expect(!text.contains(inline), "\(path) has an inline script")
            #expect(!text.contains(/(?:src|href|url\()\s*=?\s*["']?(?:https?:)?\/\//), "\(path) loads from elsewhere")
        }
    }
}
