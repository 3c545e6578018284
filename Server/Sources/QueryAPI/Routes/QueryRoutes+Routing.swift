import HTTPTypes
import Hummingbird
import Logging

extension QueryRoutes {
    /// How a route answers.
    typealias Answer = @Sendable (Question) async throws(QueryError) -> Response

    /// Adds a route that only reads, for GET and HEAD.
    func read<Context: RequestContext>(
        _ path: RouterPath,
        from router: some RouterMethods<Context>,
        errors: ErrorStyle = .jaeger,
        answer: @escaping Answer
    ) {
        add(path, methods: [.get, .head], to: router, errors: errors, answer: answer)
    }

    /// Adds a route that changes something, for POST.
    func write<Context: RequestContext>(
        _ path: RouterPath,
        from router: some RouterMethods<Context>,
        answer: @escaping Answer
    ) {
        add(path, methods: [.post], to: router, errors: .jaeger, answer: answer)
    }

    /// Adds a route.
    ///
    /// Methods other than its own get the word that they are not allowed.
    private func add<Context: RequestContext>(
        _ path: RouterPath,
        methods: [HTTPRequest.Method],
        to router: some RouterMethods<Context>,
        errors: ErrorStyle,
        answer: @escaping Answer
    ) {
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        for method in HTTPRequest.Method.common {
            guard methods.contains(method) else {
                router.on(path, method: method) { _, _ in Response.methodNotAllowed(allowed) }
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
                    if error.isFault {
                        context.logger.error("a question could not be answered", metadata: ["error": "\(error)"])
                    }
                    response = .failure(error, errors)
                }
                return question.isHead ? response.createHeadResponse() : response
            }
        }
    }
}
