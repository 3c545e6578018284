import HTTPTypes

/// The description of the HTTP API that people read: a page without a script, made from the same table.
struct DescriptionPage {
    let routes: [Route]
    let basePath: String

    static let path = "api/docs"

    /// Nothing is loaded and nothing runs.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

    var html: String {
        var page = head
        let areas = Route.Area.allCases.filter { area in routes.contains { $0.area == area } }
        page += "<nav>\n"
        for area in areas { page += "<a href=\"#\(anchor(area))\">\(escaped(area.rawValue))</a>\n" }
        page += "</nav>\n"
        for area in areas {
            page += "<h2 id=\"\(anchor(area))\">\(escaped(area.rawValue))</h2>\n"
            for route in routes where route.area == area { page += section(route) }
        }
        return page + "</main></body></html>\n"
    }

    private var head: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>The HTTP API of Martlet</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
        main { max-width: 60rem; margin: auto; padding: 1rem; }
        code, pre { font-family: ui-monospace, monospace; font-size: 13px; } pre { overflow: auto; padding: .5rem; }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; } h2 { margin-top: 2.5rem; }
        section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .5rem 0; }
        h3 { margin: .25rem 0; overflow-wrap: anywhere; } h3 b { font-size: 12px; } p { margin: .25rem 0; }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
        td, th { text-align: left; padding: .15rem .5rem; }
        td { vertical-align: top; overflow-wrap: anywhere; } th { font-weight: 600; } summary { cursor: pointer; }
        </style></head><body><main>
        <h1>The HTTP API of Martlet</h1>
        <p>The same for programs, as OpenAPI 3.1:
        <a href="\(escaped(basePath))/\(OpenAPIDocument.path)">openapi.json</a>.
        Parameters that are not listed are ignored, and one that is empty counts as missing. A value that is not
        understood is answered with 400 and words that say what is allowed.</p>

        """
    }

    private func section(_ route: Route) -> String {
        let methods = route.methods.map(\.rawValue).joined(separator: " ")
        var text = """
            <section id="\(route.name)">
            <h3><b>\(methods)</b> <code>\(escaped(basePath))/\(escaped(route.path))</code></h3>
            <p>\(escaped(route.summary))</p>

            """
        if let body = route.body {
            text += "<p>Body: \(escaped(body.words)) <code>\(escaped(body.example))</code></p>\n"
        }
        let parameters = route.parameters.filter { !$0.name.hasPrefix("baseline.") }
        if !parameters.isEmpty {
            text += "<details><summary>Parameters</summary><table><tr><th>Name</th><th>Is</th><th></th></tr>\n"
            for parameter in parameters { text += row(parameter) }
            text += "</table></details>\n"
        }
        for answer in route.answers {
            let words = "<code>\(escaped(answer.type))</code> \(escaped(answer.words))"
            guard let schema = answer.schema else {
                text += "<p>\(words)</p>\n"
                continue
            }
            var json = JSONWriter(isIndented: true)
            json.schema(schema)
            let shape = String(decoding: json.bytes, as: UTF8.self)
            text += "<details><summary>\(words)</summary><pre>\(escaped(shape))</pre></details>\n"
        }
        return text + "</section>\n"
    }

    private func row(_ parameter: RouteParameter) -> String {
        var marks = parameter.isRequired ? ["needed"] : []
        if parameter.mayRepeat { marks.append("may be repeated") }
        if parameter.place != .query { marks.append("in the \(parameter.place.rawValue)") }
        let note = marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
        let example = parameter.example.isEmpty ? "" : ": <code>\(escaped(parameter.example))</code>"
        return """
            <tr><td><code>\(escaped(parameter.name))</code>\(note)</td><td>\(escaped(parameter.kind.allowed))</td>\
            <td>\(escaped(parameter.words))\(example)</td></tr>

            """
    }

    private func anchor(_ area: Route.Area) -> String { "\(area)" }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
