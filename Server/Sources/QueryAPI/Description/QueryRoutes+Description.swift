import HTTPTypes
import Hummingbird
import NIOCore

extension QueryRoutes {
    /// All routes: those of the query API, others of the server, and the description of all.
    func table(with others: [Route], basePath: String) -> [Route] {
        let all =
            jaegerTable + attributeTable + traceTable + analysisTable + figuresTable + liveTable + v3Table + tempoTable
            + others
        return all + [
            Route(
                .server,
                OpenAPIDocument.path,
                "This API, described as OpenAPI 3.1.",
                [.indented],
                answers: [.json(.map(.anything))],
                .reading { question in
                    let routes = table(with: others, basePath: basePath)
                    var json = JSONWriter(isIndented: question.parameters.isIndented)
                    OpenAPIDocument(routes: routes, basePath: basePath, version: version).write(to: &json)
                    return .json(json)
                }
            ),
            Route(
                .server,
                DescriptionPage.path,
                "This API, described for people.",
                answers: [.other("text/html; charset=utf-8", "A page without scripts.")],
                .reading { _ in
                    let page = DescriptionPage(routes: table(with: others, basePath: basePath), basePath: basePath)
                    var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
                    if let policy = HTTPField.Name("Content-Security-Policy") {
                        headers[policy] = DescriptionPage.contentSecurityPolicy
                    }
                    let body = ResponseBody(byteBuffer: ByteBuffer(string: page.html))
                    return Response(status: .ok, headers: headers, body: body)
                }
            ),
        ]
    }
}
