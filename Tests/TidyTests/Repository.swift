import Foundation

/// The files of this repository, both packages, read once.
struct Repository: Sendable, CustomStringConvertible {
    let files: [SourceFile]

    /// Found from this file's own place, so that the tests run from any folder.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let shared = Repository(root: root)

    private static let skippedFolders: Set<String> = [".git", ".build", ".venv", ".swiftpm", "__pycache__"]
    private static let skippedFiles: Set<String> = ["LICENSE", "Package.resolved"]
    private static let textExtensions: Set<String> = [
        "swift", "c", "h", "modulemap", "js", "mjs", "css", "html", "py", "txt", "md", "yml", "json", "sh", "",
    ]

    init(root: URL) {
        var found: [SourceFile] = []
        Repository.visit(folder: root, prefix: "") { path, url in
            guard let bytes = FileManager.default.contents(atPath: url.path) else { return }
            found.append(SourceFile(path: path, bytes: [UInt8](bytes)))
        }
        files = found.sorted { $0.path < $1.path }
    }

    var description: String { "\(files.count) files" }

    var swift: [SourceFile] { files.filter { $0.path.hasSuffix(".swift") } }

    /// Everything that is code: what people read and review line by line.
    var code: [SourceFile] {
        files.filter { file in
            [".swift", ".c", ".h", ".js", ".mjs", ".css", ".html", ".py"].contains { file.path.hasSuffix($0) }
        }
    }

    func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }

    private static func visit(folder: URL, prefix: String, _ body: (String, URL) -> Void) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where !skippedFolders.contains(name) && !name.hasPrefix(".build") {
            let url = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                // What a build or a run of the server leaves behind is not ours to judge.
                guard !name.hasPrefix("martlet-data"), name != "out" else { continue }
                visit(folder: url, prefix: prefix + name + "/", body)
            } else if textExtensions.contains(url.pathExtension), !skippedFiles.contains(name) {
                body(prefix + name, url)
            }
        }
    }
}

/// One thing to mend: where, what, and what to do about it.
struct Finding: CustomStringConvertible {
    let path: String
    let line: Int
    let advice: String

    var description: String { "\(path):\(line): \(advice)" }
}

extension Sequence<Finding> {
    /// All findings in the form that editors and terminals make clickable.
    var report: String { map(\.description).joined(separator: "\n") }
}
