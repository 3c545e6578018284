/// Which module of the UI imports which: at once, as its `import … from "…"` lines say, and later, by `import("…")`.
struct ModuleGraph {
    private var imports: [String: [String]] = [:]
    private var laterImports: [String: [String]] = [:]

    /// - Parameter files: all files of the UI; those that are no modules are left out.
    init(files: [EmbeddedFiles.File]) {
        for file in files where file.path.hasSuffix(".js") {
            let folder = file.path.split(separator: "/").dropLast().map(String.init)
            imports[file.path] = ModuleGraph.targets(in: file.bytes).map { ModuleGraph.resolve($0, from: folder) }
            laterImports[file.path] = ModuleGraph.laterTargets(in: file.bytes).map {
                ModuleGraph.resolve($0, from: folder)
            }
        }
    }

    /// A module and all that it needs at once, or at some time; nothing if there is no such module.
    func reached(from module: String, later: Bool = false) -> Set<String> {
        var reached: Set<String> = []
        var open = [module]
        while let path = open.popLast() {
            guard let targets = imports[path], reached.insert(path).inserted else { continue }
            open += targets
            if later { open += laterImports[path] ?? [] }
        }
        return reached
    }

    /// What stands in quotes at the end of the lines that begin with `import` or end an import.
    private static func targets(in bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let text = String(decoding: line, as: UTF8.self)
            let isImport = text.hasPrefix("import ") || text.hasPrefix("} from ") || text.hasPrefix("export ")
            guard isImport, text.hasSuffix("\";"), text.hasPrefix("import \"") || text.contains(" from \"") else {
                return nil
            }
            return text.dropLast(2).split(separator: "\"").last.map(String.init)
        }
    }

    /// What stands in the brackets of `=> import("…")` and `await import("…")`; comments have others.
    private static func laterTargets(in bytes: [UInt8]) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.matches(of: /(?:=>|await) import\("([^"]+)"\)/).map { String($0.output.1) }
    }

    private static func resolve(_ target: String, from folder: [String]) -> String {
        var parts = folder
        for part in target.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
