extension WebUI {
    /// The page that a trace is saved as: the viewer of the UI, whole, so that it opens without a server.
    ///
    /// In it stand, for whoever fills it in, `%NONCE%` (a number used once, of letters and digits), `%TITLE%` (text of
    /// HTML) and `%TRACE%` (the trace in Jaeger's JSON, in which no `<` occurs). The modules are in it as JSON, and a
    /// script of a few lines makes them run; its policy lets nothing else run, and nothing be loaded.
    public static let exportedPage: String = {
        var page = text(of: "exported.html")
        for (mark, content) in [
            ("%POLICY%", exportedPolicy), ("%STYLES%", exportedStyles), ("%LOADER%", text(of: "exported-loader.js")),
            ("%MODULES%", exportedModules),
        ] {
            page = page.replacing(mark, with: content)
        }
        return page
    }()

    /// What a saved page may load and do: run its own script and what that makes, and nothing that is anywhere else.
    static let exportedPolicy = [
        "default-src 'none'",
        "script-src 'nonce-%NONCE%' blob:",
        "style-src 'nonce-%NONCE%'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    /// The modules that the page needs, by their paths.
    static var exportedModulePaths: [String] {
        let graph = ModuleGraph(files: EmbeddedFiles.all)
        var paths = graph.reached(from: "exported.js", later: true)
        // The address of a file is no address of the server's.
        paths.remove("state/navigation.js")
        paths.insert("state/file-navigation.js")
        return paths.sorted()
    }

    private static var exportedModules: String {
        let members = exportedModulePaths.map { "\(jsonText($0)):\(jsonText(text(of: $0)))" }
        return "{\(members.joined(separator: ","))}"
    }

    /// The styles of the trace's page, in the order of the index.
    private static var exportedStyles: String {
        let others: Set = ["search", "results", "system", "status", "compare"]
        let names = text(of: "index.html").matches(of: /\/styles\/([a-z-]+)\.css"/).map { String($0.output.1) }
        return (names.filter { !others.contains($0) } + ["exported"])
            .map { text(of: "styles/\($0).css") }
            .joined(separator: "\n")
            // Of the bar, which the page does not have.
            .replacing("url(\"../mark.svg\")", with: "none")
    }

    private static func text(of path: String) -> String {
        String(decoding: EmbeddedFiles.all.first { $0.path == path }?.bytes ?? [], as: UTF8.self)
    }

    /// A string of JSON in which nothing ends an element of HTML.
    private static func jsonText(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "<", ">", "&", "\u{2028}", "\u{2029}": json += escaped(scalar)
            default:
                if scalar.value < 0x20 { json += escaped(scalar) } else { json.unicodeScalars.append(scalar) }
            }
        }
        return json + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
