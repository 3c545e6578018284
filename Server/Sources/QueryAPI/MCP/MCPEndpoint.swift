import HTTPTypes
import Hummingbird
import NIOCore
import SpanStorage

/// The Model Context Protocol at `/api/ai/mcp/`, over its streamable HTTP: one JSON-RPC message a request, one answer.
///
/// There are no sessions and no messages from the server, so that any request may go to any server.
struct MCPEndpoint: Sendable {
    /// The versions of the protocol, the newest first.
    static let versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
    private static let bodyBytesMax = 1 << 20
    private static let instructions = """
        Traces of a distributed system. Go from broad to narrow: get_services, then search_traces with a service and a \
        time, then get_critical_path or get_trace_errors of one trace, then get_span_details of a few spans. Every \
        answer that was cut says so (truncated, total_count): do not take it for all there is. Durations are in \
        microseconds. read_skill has instructions for common questions.
        """

    /// Codes of JSON-RPC's errors.
    private enum Code: Int {
        case parse = -32_700
        case invalidRequest = -32_600
        case noSuchMethod = -32_601
        case invalidParameters = -32_602
    }

    let tools: TraceTools
    let serverVersion: String

    /// Answers a request of any method.
    func answer(_ request: Request) async -> Response {
        guard request.method == .post else { return .methodNotAllowed("POST") }
        if !isOfSameOrigin(request) { return Self.refusal(.forbidden, "requests of other sites are not answered") }
        let version = HTTPField.Name("MCP-Protocol-Version").flatMap { request.headers[$0] }
        if let version, !Self.versions.contains(version) {
            return Self.refusal(
                .badRequest,
                "there is no version '\(version)' here; there are \(Self.versions.joined(separator: ", "))"
            )
        }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: Self.bodyBytesMax) } catch {
            return Self.refusal(.contentTooLarge, "a message has at most \(Self.bodyBytesMax >> 20) MiB")
        }
        guard let message = JSONDocument(bytes: body.readableBytesView) else {
            return error(.null, .parse, "the body is no JSON")
        }
        return await answer(message)
    }

    private func answer(_ message: JSONDocument) async -> Response {
        guard case .object = message, message["jsonrpc"] == .string("2.0") else {
            return error(.null, .invalidRequest, "expected one message of JSON-RPC 2.0")
        }
        guard let method = message["method"]?.string else {
            // An answer to something that this server never asks.
            return message["result"] != nil || message["error"] != nil
                ? Response(status: .accepted) : error(message["id"] ?? .null, .invalidRequest, "'method' is missing")
        }
        guard let id = message["id"] else { return Response(status: .accepted) }
        switch method {
        case "initialize": return result(id) { initialize(message["params"], &$0) }
        case "ping": return result(id) { _ in }
        case "tools/list":
            return result(id) { json in
                json.key("tools")
                json.beginArray()
                for tool in ToolDescription.all { tool.write(to: &json) }
                json.endArray()
            }
        case "tools/call": return await call(id, message["params"])
        default: return error(id, .noSuchMethod, "there is no method '\(method)'")
        }
    }

    private func initialize(_ parameters: JSONDocument?, _ json: inout JSONWriter) {
        let wanted = parameters?["protocolVersion"]?.string ?? ""
        json.key("protocolVersion")
        json.plainString(Self.versions.contains(wanted) ? wanted : Self.versions[0])
        json.key("capabilities")
        json.beginObject()
        json.key("tools")
        json.beginObject()
        json.key("listChanged")
        json.bool(false)
        json.endObject()
        json.endObject()
        json.key("serverInfo")
        json.beginObject()
        json.key("name")
        json.plainString("martlet")
        json.key("title")
        json.plainString("Martlet traces")
        json.key("version")
        json.string(serverVersion)
        json.endObject()
        json.key("instructions")
        json.string(Self.instructions)
    }

    private func call(_ id: JSONDocument, _ parameters: JSONDocument?) async -> Response {
        guard let name = parameters?["name"]?.string else {
            return error(id, .invalidParameters, "'name' of the tool is missing")
        }
        do throws(ToolError) {
            guard let content = try await tools.call(name, ToolArguments(parameters?["arguments"])) else {
                return error(id, .invalidParameters, "there is no tool '\(name)'")
            }
            return result(id) { json in
                Self.text(content, &json)
                json.key("structuredContent")
                json.raw(content)
                json.key("isError")
                json.bool(false)
            }
        } catch {
            return result(id) { json in
                Self.text(Array(error.message.utf8), &json)
                json.key("isError")
                json.bool(true)
            }
        }
    }

    private static func text(_ content: [UInt8], _ json: inout JSONWriter) {
        json.key("content")
        json.beginArray()
        json.beginObject()
        json.key("type")
        json.plainString("text")
        json.key("text")
        json.string(content.span.bytes)
        json.endObject()
        json.endArray()
    }

    private func result(_ id: JSONDocument, _ write: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("jsonrpc")
        json.plainString("2.0")
        json.key("id")
        json.document(id)
        json.key("result")
        json.beginObject()
        write(&json)
        json.endObject()
        json.endObject()
        return .json(json)
    }

    private func error(_ id: JSONDocument, _ code: Code, _ message: String) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("jsonrpc")
        json.plainString("2.0")
        json.key("id")
        json.document(id)
        json.key("error")
        json.beginObject()
        json.key("code")
        json.int(code.rawValue)
        json.key("message")
        json.string(message)
        json.endObject()
        json.endObject()
        return .json(json, status: code == .parse || code == .invalidRequest ? .badRequest : .ok)
    }

    private static func refusal(_ status: HTTPResponse.Status, _ words: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: words + "\n"))
        )
    }

    /// Whether a browser sends it from a page of this server, or no browser does: a page of another site must not reach
    /// a server on somebody's own machine, whatever name it gives to that.
    private func isOfSameOrigin(_ request: Request) -> Bool {
        guard let name = HTTPField.Name("Origin"), let origin = request.headers[name] else { return true }
        guard let authority = request.head.authority, let scheme = origin.firstRange(of: "://") else { return false }
        return origin[scheme.upperBound...].lowercased() == authority.lowercased()
    }
}
