import HTTPTypes
import Hummingbird
import Logging

extension QueryRoutes {
    /// Adds a route that only reads: GET and HEAD get the answer, other methods the word that they are not allowed.
    func read<Context: RequestContext>(
        _ path: RouterPath,
        from router: some RouterMethods<Context>,
        answer: @escaping @Sendable (Question) async throws(QueryError) -> Response
    ) {
        for method in HTTPRequest.Method.common {
            if method != .get && method != .head {
                router.on(path, method: method) { _, _ in Response.methodNotAllowed("GET, HEAD") }
                continue
            }
            router.on(path, method: method) { request, context in
                // The router takes no notice of a slash at the end, which names something else.
                if request.uri.path.utf8.last == UInt8(ascii: "/") { return Response.noSuchRoute }
                let question = Question(request, path: context.parameters)
                let response: Response
                do throws(QueryError) {
                    response = try await answer(question)
                } catch {
                    if error.status.code >= 500 {
                        context.logger.error("a question could not be answered", metadata: ["error": "\(error)"])
                    }
                    response = .failure(error)
                }
                return question.isHead ? response.createHeadResponse() : response
            }
        }
    }
}
