import EmbeddedStore
import Foundation
import HTTPTypes
import Hummingbird
import SpanStorage
import Testing

@testable import QueryAPI

struct DescriptionTests {
    private func answer(_ path: String, basePath: String = "") async throws -> RouteAnswer {
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        let answer = try await routeAnswer(.get, basePath + path, of: store, now: 0, basePath: basePath)
        await store.close()
        return answer
    }

    private func document(basePath: String = "") async throws -> [String: Any] {
        let answer = try await answer("/api/openapi.json", basePath: basePath)
        #expect(answer.status == 200)
        let document = try JSONSerialization.jsonObject(with: Data(answer.bytes))
        return try #require(document as? [String: Any])
    }

    @Test func `every route that the router knows is described, and nothing else is`() async throws {
        let router = Router(context: BasicRequestContext.self)
        let store = try EmbeddedStore.open(EmbeddedStoreConfiguration(directory: nil))
        QueryRoutes(store: store, now: { 0 }).add(to: router)
        await store.close()
        let known = Set(
            router.routes.map { "\($0.path)" }.filter { !$0.contains("*") && $0 != "/api" && $0 != "/tempo" }
        )
        let paths = try #require(try await document()["paths"] as? [String: Any])
        #expect(Set(paths.keys) == known)
        #expect(known.count > 50)
    }

    @Test func `the description names the base path, every operation once and no shape that is not there`() async throws
    {
        let document = try await document(basePath: "/jaeger")
        let servers = try #require(document["servers"] as? [[String: String]])
        #expect(servers == [["url": "/jaeger"]])
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let names = paths.values.flatMap { $0.values.compactMap { $0["operationId"] as? String } }
        #expect(Set(names).count == names.count)
        let components = try #require(document["components"] as? [String: [String: Any]])
        let text = String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self)
        for reference in text.matches(of: /"\$ref":"#\\?\/components\\?\/(\w+)\\?\/(\w+)"/) {
            #expect(components[String(reference.1)]?[String(reference.2)] != nil, "\(reference.0)")
        }
    }

    @Test func `the page for people has every route, and neither scripts nor anything from elsewhere`() async throws {
        let answer = try await answer("/api/docs")
        #expect(answer.status == 200)
        #expect(answer.type == "text/html; charset=utf-8")
        #expect(answer.headers[try #require(.init("Content-Security-Policy"))]?.contains("default-src 'none'") == true)
        let paths = try #require(try await document()["paths"] as? [String: Any])
        for path in paths.keys { #expect(answer.body.contains("<code>\(path)</code>"), "\(path)") }
        #expect(!answer.body.contains("<script"))
        #expect(!answer.body.contains("src="))
        #expect(!answer.body.contains("http://") && !answer.body.contains("https://"))
    }

    @Test func `a shape is written as JSON Schema has it`() {
        var json = JSONWriter()
        json.schema([
            "a": .list(.orNull(.integers(1...5))), "b?": .map(.named("X")), "c": .noted(.choice(["x"]), "why"),
        ])
        let text = String(decoding: json.bytes, as: UTF8.self)
        let expected = """
            {"type":"object","properties":{"a":{"type":"array","items":{"anyOf":[{"type":"integer","minimum":1,\
            "maximum":5},{"type":"null"}]}},"b":{"type":"object","additionalProperties":{"$ref":\
            "#/components/schemas/X"}},"c":{"type":"string","enum":["x"],"description":"why"}},\
            "required":["a","c"],"additionalProperties":false}
            """
        #expect(text == expected)
    }
}
