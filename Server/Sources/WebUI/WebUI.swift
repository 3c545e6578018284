/// A file of the web UI as it goes out over HTTP.
public struct WebAsset: Sendable {
    /// The address below the base path: `static/<hash>/app.js`, or `index.html`.
    public let path: String
    /// The value for `Content-Type`.
    public let contentType: String
    /// The value for `ETag`, quotes included.
    public let etag: String
    /// The body.
    public let bytes: [UInt8]
    /// Whether the address changes with the content, so that it may be cached for ever; otherwise it must be asked
    /// for anew each time (`no-cache`).
    public let immutable: Bool

    /// The value for `Cache-Control`.
    public var cacheControl: String {
        immutable ? "public, max-age=31536000, immutable" : "no-cache"
    }
}

/// The web UI: static files that are part of the binary.
public enum WebUI {
    /// What the pages may load and do: their own scripts, styles and API, nothing inline, nothing from elsewhere.
    ///
    /// Markup cannot be made from strings at all, and no other site may frame them.
    public static let contentSecurityPolicy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    /// The folder that all files but the index are served from; it changes whenever one of them does.
    public static let staticPath = "static/\(hexadecimal(contentHash))"

    /// The addresses that `asset(path:)` knows, in order.
    public static var paths: [String] { table.keys.sorted() }

    /// The file at an address below the base path, or `nil` when there is none.
    ///
    /// - Parameter path: such as `static/<hash>/app.js`, with or without a leading slash. A hash of another version
    ///   of the UI finds nothing: its files may not be mixed with these.
    /// - Returns: the file, to be sent with the headers that it names.
    public static func asset(path: String) -> WebAsset? {
        table[path.hasPrefix("/") ? String(path.dropFirst()) : path]
    }

    /// The page that every address of the UI answers with; the script in it shows what the address asks for.
    ///
    /// - Parameter basePath: the prefix below which the server is reached, such as `/` or `/tracing/`. A slash that
    ///   is missing at either end is added.
    /// - Parameter path: the address below the base path that was asked for. The modules of its page are announced, so
    ///   that the browser fetches all at once instead of one import after the other.
    /// - Returns: the page, with its `<base>` set and the addresses of this version of the files.
    public static func index(basePath: String, path: String = "") -> WebAsset {
        let bytes = Array(
            indexTemplate
                .replacing("<!-- MODULE-PRELOADS -->", with: preloads(path: path))
                .replacing("<base href=\"/\">", with: "<base href=\"\(escaped(normalized(basePath)))\">")
                .utf8
        )
        return WebAsset(
            path: "index.html",
            contentType: "text/html; charset=utf-8",
            etag: etag(bytes),
            bytes: bytes,
            immutable: false
        )
    }

    private static let contentHash = EmbeddedFiles.all.reduce(into: ContentHash()) { hash, file in
        hash.add(file.path.utf8)
        hash.add(file.bytes)
    }

    private static let table: [String: WebAsset] = {
        var table: [String: WebAsset] = [:]
        for file in EmbeddedFiles.all where file.path != "index.html" {
            let path = "\(staticPath)/\(file.path)"
            table[path] = WebAsset(
                path: path,
                contentType: contentType(of: file.path),
                etag: etag(file.bytes),
                bytes: file.bytes,
                immutable: true
            )
        }
        return table
    }()

    /// The index with the hash filled in.
    private static let indexTemplate: String = {
        let source = EmbeddedFiles.all.first { $0.path == "index.html" }?.bytes ?? []
        return String(decoding: source, as: UTF8.self).replacing("static/CONTENT-HASH", with: staticPath)
    }()

    /// A line for each module of the shell and of the page that an address belongs to, which has its name.
    private static func preloads(path: String) -> String {
        let name = path.split(separator: "/").first ?? "search"
        var wanted = modules.reached(from: "app.js")
        wanted.formUnion(modules.reached(from: "pages/\(name).js"))
        return wanted.sorted()
            .map { "<link rel=\"modulepreload\" href=\"\(staticPath)/\($0)\">" }
            .joined(separator: "\n  ")
    }

    private static let modules = ModuleGraph(files: EmbeddedFiles.all)

    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "html": "text/html; charset=utf-8"
        default: "application/octet-stream"
        }
    }

    private static func etag(_ bytes: [UInt8]) -> String {
        var hash = ContentHash()
        hash.add(bytes)
        return "\"\(hexadecimal(hash))\""
    }

    private static func hexadecimal(_ hash: ContentHash) -> String {
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func normalized(_ basePath: String) -> String {
        let parts = basePath.split(separator: "/")
        return parts.isEmpty ? "/" : "/\(parts.joined(separator: "/"))/"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;")
            .replacing("\"", with: "&quot;")
            .replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
