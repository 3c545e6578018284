import EmbeddedStore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

/// The endpoint for language models, message by message; a real client talks to it in the end-to-end tests.
struct MCPTests {
    private static let now = AnalysisRouteTests.now

    private func send(_ message: String, headers: [String: String] = [:]) async throws -> (Int, [String: Any]) {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        try await store.append(AnalysisRouteTests.orders())
        var head = HTTPRequest(method: .post, scheme: "http", authority: "localhost:16686", path: "/api/ai/mcp/")
        for (name, value) in headers { head.headerFields[try #require(HTTPField.Name(name))] = value }
        let endpoint = MCPEndpoint(tools: TraceTools(store: store, now: { Self.now }), serverVersion: "1")
        let body = RequestBody(buffer: ByteBuffer(string: message))
        let response = await endpoint.answer(Request(head: head, body: body))
        await store.close()
        let text = try await routeText(response)
        let document = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (response.status.code, document ?? ["text": text])
    }

    /// What a tool returned; its text must be the JSON of its structure.
    private func call(_ tool: String, _ arguments: String = "{}") async throws -> [String: Any] {
        let message = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\(tool)","arguments":\(arguments)}}
            """
        let (status, answer) = try await send(message)
        let result = try #require(answer["result"] as? [String: Any], "\(answer)")
        let text = try #require(((result["content"] as? [[String: Any]])?.first)?["text"] as? String)
        #expect(status == 200)
        if result["isError"] as? Bool == true { return ["error": text] }
        let structure = try #require(result["structuredContent"] as? NSDictionary)
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
        #expect(parsed == structure)
        return try #require(structure as? [String: Any])
    }

    private func list(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

    @Test func `a client and the server agree on a version`() async throws {
        for (wanted, agreed) in [("2025-03-26", "2025-03-26"), ("1999-01-01", "2025-11-25")] {
            let parameters =
                #"{"protocolVersion":"\#(wanted)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#
            let (_, answer) = try await send(
                #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":\#(parameters)}"#
            )
            let result = try #require(answer["result"] as? [String: Any])
            #expect(result["protocolVersion"] as? String == agreed && answer["id"] as? String == "a")
        }
        let (status, _) = try await send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        #expect(status == 202)
    }

    @Test func `every tool tells its arguments and can be called`() async throws {
        let (_, answer) = try await send(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        let tools = try list((answer["result"] as? [String: Any])?["tools"])
        #expect(
            tools.compactMap { $0["name"] as? String } == [
                "get_services", "get_span_names", "search_traces", "get_trace_topology", "get_span_details",
                "get_trace_errors", "get_critical_path", "get_service_dependencies", "read_skill",
            ]
        )
        for tool in tools { #expect((tool["inputSchema"] as? [String: Any])?["type"] as? String == "object") }
        #expect(try await call("get_services")["services"] as? [String] == ["pay", "shop", "stock"])
        let some = try await call("get_services", #"{"pattern":"^s","limit":1}"#)
        #expect(some["services"] as? [String] == ["shop"] && some["truncated"] as? Bool == true)
        #expect(some["total_count"] as? Int == 2)
        let names = try await call("get_span_names", #"{"service_name":"stock","pattern":"fund"}"#)
        #expect(try list(names["span_names"]).map { $0["name"] as? String } == ["refund"])
        let topology = try await call("get_trace_topology", #"{"trace_id":"15","depth":2}"#)
        let paths = try list(topology["spans"]).compactMap { $0["path"] as? String }
        #expect(
            paths == ["0000000000000001", "0000000000000001/0000000000000002", "0000000000000001/0000000000000003"]
        )
        let details = try await call("get_span_details", #"{"trace_id":"15","span_ids":["4","9"]}"#)
        let attributes = try #require(try list(details["spans"]).first?["attributes"] as? [String: Any])
        #expect(attributes["region"] as? String == "east" && details["missing_span_ids"] as? [String] == ["9"])
        let errors = try await call("get_trace_errors", #"{"trace_id":"15"}"#)
        #expect(try list(errors["spans"]).map { $0["span_name"] as? String } == ["charge"])
        let path = try await call("get_critical_path", #"{"trace_id":"15"}"#)
        #expect(try list(path["segments"]).count == 7 && path["critical_path_duration_us"] as? Double == 400_000)
        let edges = try list(try await call("get_service_dependencies")["dependencies"])
        #expect(edges.map { "\($0["caller"] ?? "")>\($0["callee"] ?? "")" } == ["pay>stock", "shop>pay", "shop>stock"])
        #expect(try list(try await call("read_skill")["skills"]).count == 3)
        #expect(
            (try await call("read_skill", #"{"path":"slow-trace"}"#)["content"] as? String)?.contains("critical")
                == true
        )
    }

    @Test func `a search says how much there is`() async throws {
        let all = try await call("search_traces", #"{"service_name":"shop","search_depth":5,"start_time_min":"-2h"}"#)
        #expect(all["total_count"] as? Int == 21 && all["truncated"] as? Bool == true)
        #expect(try list(all["traces"]).count == 5)
        let query = #"{"with_errors":true,"attributes":{"region":"east"},"query":"{ name = \"charge\" }"}"#
        let found = try list(try await call("search_traces", query)["traces"])
        #expect(
            found.count == 1 && found[0]["has_errors"] as? Bool == true && found[0]["root_service"] as? String == "shop"
        )
        let none = try await call("search_traces", #"{"duration_min":"1h"}"#)
        #expect(none["truncated"] as? Bool == false && none["total_count"] as? Int == 0)
    }

    @Test(arguments: [
        ("get_trace_topology", "{}", "argument 'trace_id' is missing"),
        ("get_trace_topology", #"{"trace_id":"zz"}"#, "no id of a trace"),
        ("get_trace_topology", #"{"trace_id":"99"}"#, "is not stored here"),
        ("get_services", #"{"limit":0}"#, "argument 'limit': expected a whole number from 1 to 1000"),
        ("get_services", #"{"pattern":"("}"#, "argument 'pattern'"),
        ("get_services", #"{"patern":"a"}"#, "there is no argument 'patern'; there are pattern, limit"),
        ("search_traces", #"{"start_time_min":"yesterday"}"#, "argument 'start_time_min'"),
        ("search_traces", #"{"query":"{ nope"}"#, "argument 'query'"),
        ("search_traces", #"{"with_errors":"yes"}"#, "argument 'with_errors': expected true or false"),
        ("search_traces", #"{"duration_min":"5"}"#, "argument 'duration_min'"),
        ("get_span_details", #"{"trace_id":"15"}"#, "argument 'span_ids' is missing"),
        ("read_skill", #"{"path":"../secret"}"#, "there is no skill"),
    ])
    func `a wrong call is told to the model`(tool: String, arguments: String, words: String) async throws {
        let error = try await call(tool, arguments)["error"] as? String
        #expect(error?.contains(words) == true, "\(error ?? "no error")")
    }

    @Test func `what is no message of the protocol is refused`() async throws {
        for (message, code) in [
            ("nonsense", -32_700), ("[]", -32_600), (#"{"jsonrpc":"2.0","id":1}"#, -32_600),
            (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, -32_601),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#, -32_602),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32_602),
        ] {
            let (_, answer) = try await send(message)
            #expect((answer["error"] as? [String: Any])?["code"] as? Int == code, "\(message)")
        }
        let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        #expect(try await send(ping, headers: ["Origin": "http://localhost:16686"]).0 == 200)
        #expect(try await send(ping, headers: ["Origin": "https://elsewhere.example"]).0 == 403)
        #expect(try await send(ping, headers: ["MCP-Protocol-Version": "2025-06-18"]).0 == 200)
        #expect(try await send(ping, headers: ["MCP-Protocol-Version": "1"]).0 == 400)
    }
}
