import HTTPTypes
import Hummingbird
import WebUI

/// Serves the web UI: its files, and its page for every other path, so that links into it work.
struct UserInterface: Sendable {
    /// What stands before every path, without a slash at the end; empty if nothing does.
    let basePath: String
    /// What the operator set for the pages.
    let configuration: UIConfiguration

    /// Adds the routes.
    ///
    /// They come last: `**` takes what no other route does. Below a base path it needs a `**` of its own, because the
    /// router does not turn back once it has gone down the way that the API shares.
    func add<Context: RequestContext>(to router: Router<Context>) {
        let places = basePath.isEmpty ? [""] : ["", basePath]
        for method in [HTTPRequest.Method.get, .head] {
            for place in places {
                router.on("\(place)/", method: method) { request, _ in answer(request) }
                router.on("\(place)/**", method: method) { request, _ in answer(request) }
            }
        }
    }

    private func answer(_ request: Request) -> Response {
        let path = request.uri.path
        if !basePath.isEmpty, path != basePath, !path.hasPrefix(basePath + "/") {
            // Whoever asks the bare port finds the UI; anything else is not ours.
            if path == "/" { return Response(status: .temporaryRedirect, headers: [.location: basePath + "/"]) }
            return .plain(.notFound, "404 page not found; this server answers below \(basePath)/")
        }
        let inner = String(path.dropFirst(basePath.utf8.count))
        if let asset = WebUI.asset(path: inner) { return answer(request, asset) }
        if inner == "/ui-config.json" {
            let headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache"]
            let body = ResponseBody(byteBuffer: ByteBuffer(bytes: configuration.json))
            return Response(status: .ok, headers: headers, body: body)
        }
        if inner.hasPrefix("/static/") || inner == "/favicon.ico" {
            return .plain(.notFound, "404 no such file; reload the page: the server was updated")
        }
        return answer(request, WebUI.index(basePath: basePath + "/", path: inner))
    }

    private func answer(_ request: Request, _ asset: WebAsset) -> Response {
        var headers: HTTPFields = [
            .contentType: asset.contentType,
            .eTag: asset.etag,
            .cacheControl: asset.cacheControl,
        ]
        if let policy = HTTPField.Name("Content-Security-Policy") {
            headers[policy] = WebUI.contentSecurityPolicy
        }
        if let known = request.headers[.ifNoneMatch], known.contains(asset.etag) {
            return Response(status: .notModified, headers: headers)
        }
        let response = Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: asset.bytes)))
        return request.method == .head ? response.createHeadResponse() : response
    }
}

extension Response {
    /// A line of text.
    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }
}

/// Headers that keep browsers from reading more into an answer than it says.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    private let fields: [HTTPField] = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]
        .compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for field in fields { response.headers.append(field) }
        return response
    }
}
