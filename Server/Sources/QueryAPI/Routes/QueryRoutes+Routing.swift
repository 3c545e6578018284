import HTTPTypes
import Hummingbird
import Logging

extension QueryRoutes {
    /// How a route answers.
    typealias Answer = @Sendable (Question) async throws(QueryError) -> Response

    /// Adds a route. Methods other than its own get the word that they are not allowed.
    func add<Context: RequestContext>(_ route: Route, to router: some RouterMethods<Context>) {
        let path = RouterPath(route.path)
        let methods = route.methods
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        for method in HTTPRequest.Method.common {
            guard methods.contains(method) else {
                router.on(path, method: method) { _, _ in Response.methodNotAllowed(allowed) }
                continue
            }
            switch route.answering {
            case .reading(let answer), .writing(let answer):
                router.on(path, method: method) { request, context in
                    await Self.response(to: request, context, answer, route.errors)
                }
            case .request(_, let answer):
                router.on(path, method: method) { request, _ in
                    let response = await answer(request)
                    return request.method == .head ? response.createHeadResponse() : response
                }
            }
        }
    }

    private static func response(
        to request: Request,
        _ context: some RequestContext,
        _ answer: Answer,
        _ errors: ErrorStyle
    ) async -> Response {
        // The router takes no notice of a slash at the end, which names something else.
        if request.uri.path.utf8.last == UInt8(ascii: "/") { return Response.noSuchRoute }
        let question = Question(request, path: context.parameters)
        let response: Response
        do throws(QueryError) {
            response = try await answer(question)
        } catch {
            if error.isFault {
                context.logger.error("a question could not be answered", metadata: ["error": "\(error)"])
            }
            response = .failure(error, errors)
        }
        return question.isHead ? response.createHeadResponse() : response
    }
}
