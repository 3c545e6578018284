import TraceModel

/// The page that a trace is saved as, before the trace is in it: text with marks, from whoever has the viewer.
public struct TracePageTemplate: Sendable {
    /// A piece of the page.
    enum Part: Sendable, Equatable {
        case text(String)
        /// A number used once, by which the page's own scripts and styles are told from others.
        case nonce
        /// The trace's name as text of HTML.
        case title
        /// The trace in Jaeger's JSON, in which no `<` occurs.
        case trace
    }

    private static let marks: [(String, Part)] = [("%NONCE%", .nonce), ("%TITLE%", .title), ("%TRACE%", .trace)]

    let parts: [Part]

    /// Reads a page with the marks `%NONCE%`, `%TITLE%` and `%TRACE%`.
    public init(_ page: String) {
        var parts: [Part] = [.text(page)]
        for (mark, part) in Self.marks {
            parts = parts.flatMap { known -> [Part] in
                guard case .text(let text) = known else { return [known] }
                let pieces = text.split(separator: mark, omittingEmptySubsequences: false)
                let texts = pieces.map { [Part.text(String($0))] }
                return Array(texts.joined(separator: [part]))
            }
        }
        self.parts = parts
    }
}
