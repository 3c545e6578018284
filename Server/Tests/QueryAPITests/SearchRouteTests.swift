import Foundation
import HTTPTypes
import Testing
import TraceModel

@testable import QueryAPI

/// What a search tells beyond Jaeger's.
extension RouteTests {
    private func document(_ answer: RouteAnswer) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    @Test func `a search in an order of its own goes on from page to page and counts`() async throws {
        var cursor = ""
        var ids: [UInt64] = []
        for page in 0..<4 {
            let next = cursor.isEmpty ? "" : "&cursor=\(cursor)"
            let path = "/api/traces?service=shop&sort=shortest&limit=80&total=exact\(next)"
            let answer = try await answer(.get, path)
            ids += try answer.traceIDs()
            let document = try document(answer)
            #expect(document["total"] as? Int == 300)
            #expect(document["totalIsExact"] as? Bool == true)
            #expect(document["truncated"] as? Bool == (page < 3))
            #expect(document["partial"] is NSNull && document["errors"] is NSNull)
            #expect((document["scanned"] as? [String: Any])?["spans"] as? Int == 301)
            cursor = document["next"] as? String ?? ""
            #expect(cursor.isEmpty == (page == 3))
        }
        #expect(ids == (1...300).map { UInt64($0) })
    }

    @Test func `matched spans are told when they are asked for`() async throws {
        let answer = try await answer(.get, "/api/traces?q=%7B+span.index+%3D+41+%7D&matches=true")
        let document = try document(answer)
        let matches = try #require(document["matches"] as? [[String: Any]])
        #expect(matches.count == 1)
        #expect(matches[0]["traceID"] as? String == "000000000000002a")
        #expect((matches[0]["spanSets"] as? [[String]])?.count == 1)
        #expect(try answer.traceIDs() == [42])
    }

    @Test func `an error in TraceQL names its place`() async throws {
        let answer = try await answer(.get, "/api/traces?q=%7B+duration+%3E+%22x%22+%7D")
        #expect(answer.status == 400)
        #expect(answer.body.contains("parameter 'q': line 1, column"))
    }

    @Test func `summaries tell of traces without their spans`() async throws {
        let answer = try await answer(.get, "/api/trace-summaries?service=shop&limit=1&sort=longest")
        #expect(answer.status == 200)
        #expect(
            answer.body.hasPrefix(
                """
                {"data":[{"traceId":"0000000000000000000000000000012c","rootServiceName":"shop",\
                "rootOperationName":"POST /","minStartTimeUnixNano":"1699999999999000000",\
                "maxEndTimeUnixNano":"1700000000298000000","spanCount":1,"errorSpanCount":0,\
                "services":[{"name":"shop","spanCount":1,"errorSpanCount":0}]}],"total":300,
                """.trimmingCharacters(in: .newlines)
            )
        )
        let refused = try await self.answer(.get, "/api/trace-summaries?traceID=1")
        #expect(refused.status == 400 && refused.body.contains("parameter 'traceID'"))
        let empty = try await self.answer(.get, "/api/trace-summaries?start=9&end=8")
        #expect(empty.body.hasPrefix(#"{"data":[],"total":0,"#))
    }

    @Test func `summaries tell which spans matched and what attributes they have`() async throws {
        let query = "q=%7B+span.index+%3D+41+%7D&matches=true&attribute=index&attribute=%22none%22"
        let answer = try await answer(.get, "/api/trace-summaries?\(query)")
        let document = try document(answer)
        let rows = try #require(document["data"] as? [[String: Any]])
        #expect(rows.count == 1)
        #expect(rows[0]["matchedSpanCount"] as? Int == 1)
        #expect((rows[0]["firstMatchedSpanId"] as? String)?.count == 16)
        let attributes = try #require(rows[0]["attributes"] as? [[String: Any]])
        #expect(attributes.map { $0["key"] as? String } == ["index", "\"none\""])
        #expect(attributes.map { $0["values"] as? [String] } == [["41"], []])
        let many = (0...20).map { "attribute=a\($0)" }.joined(separator: "&")
        let refused = try await self.answer(.get, "/api/trace-summaries?\(many)")
        #expect(refused.status == 400 && refused.body.contains("parameter 'attribute'"))
    }

    @Test func `keys and values of attributes are suggested`() async throws {
        let keys = try await answer(.get, "/api/attributes?service=shop&prefix=i")
        #expect(
            keys.body == """
                {"data":[{"key":"index","level":"span","count":300,"types":[{"type":"int","count":300}]}],"total":1,\
                "truncated":false,"isExact":true,"partial":null,"errors":null}
                """
        )
        let values = try await answer(.get, "/api/attributes/index/values?prefix=29&limit=2")
        #expect(
            values.body == """
                {"data":[{"value":29,"type":"int","count":1},{"value":290,"type":"int","count":1}],"total":2,\
                "truncated":true,"isExact":true,"partial":null,"errors":null}
                """
        )
        #expect(try await answer(.get, "/api/attributes/service.name/values").body.contains("team/billing"))
        #expect(try await answer(.get, "/api/attributes?start=9&end=8").body.hasPrefix(#"{"data":[],"total":0,"#))
    }

    @Test(arguments: [
        (
            "/api/attributes?level=process",
            "parameter 'level': 'process' is not understood; it is one of span, resource, event, link, scope"
        ),
        ("/api/attributes?limit=0", "'limit': '0' is not understood; it is a whole number from 1 to 10000"),
        ("/api/attributes/a/values?limit=many", "'limit': 'many' is not understood; it is a whole number from 1"),
        ("/api/attributes/a/values?start=x", "unable to parse param 'start'"),
    ])
    func `what is wrong with a question for attributes is named`(path: String, words: String) async throws {
        let answer = try await answer(.get, path)
        #expect(answer.status == 400)
        #expect(answer.body.contains(words))
    }
}
