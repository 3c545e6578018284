import HTTPTypes
import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

struct TraceSearchTests {
    private static let now: UInt64 = 1_700_000_000_000_000_000
    private static let day: UInt64 = 24 * 3600 * 1_000_000_000

    private func search(_ query: String) throws -> TraceQuery? {
        let search = try TraceSearch(QueryParameters(query), nowNanoseconds: Self.now)
        guard case .search(let query) = search.target else {
            Issue.record("not a search")
            return nil
        }
        return query
    }

    @Test func `a search for a service takes the last two days and 100 traces`() throws {
        let query = try #require(try search("service=a"))
        #expect(query.filter == .service("a"))
        #expect(query.limit == 100)
        #expect(query.start == Self.now - 2 * Self.day...Self.now + 999)
    }

    @Test func `all conditions are joined`() throws {
        let query = try #require(
            try search("service=a&operation=GET+/x&minDuration=1ms&maxDuration=1.5s&tag=k:v&start=1&end=2&limit=7")
        )
        #expect(
            query.filter
                == .and([
                    .service("a"), .name("GET /x"), .durationAtLeast(1_000_000), .durationAtMost(1_500_000_000),
                    .tag(TagCondition(key: "k", text: "v")),
                ])
        )
        #expect(query.start == 1000...2999)
        #expect(query.limit == 7)
    }

    @Test(arguments: [("1h", 1), ("2d", 48), ("1w", 168), ("custom", 48), ("", 48)])
    func `lookback counts only when there is no start`(lookback: String, hours: UInt64) throws {
        let query = try #require(try search("service=a&end=1700000000000000&lookback=\(lookback)"))
        #expect(query.start.lowerBound == 1_700_000_000_000_000_000 - hours * 3_600_000_000_000)
        let other = try #require(try search("service=a&start=5&end=1700000000000000&lookback=\(lookback)"))
        #expect(other.start.lowerBound == 5000)
    }

    @Test func `an interval that ends before it begins has nothing in it`() throws {
        #expect(try search("service=a&start=5&end=4") == nil)
        #expect(try search("service=a&start=-9&end=-1") == nil)
        #expect(try search("service=a&end=-1") == nil)
    }

    @Test func `times at the edge of what can be said are brought into range`() throws {
        let past = try #require(try search("service=a&start=-9223372036854775808&end=0"))
        #expect(past.start == 0...999)
        let future = try #require(try search("service=a&start=9223372036854775807&end=9223372036854775807"))
        #expect(future.start == UInt64.max...UInt64.max)
        let all = try #require(try search("service=a&start=0&end=9223372036854775807"))
        #expect(all.start == 0...UInt64.max)
    }

    @Test(arguments: [("0", 10_000), ("-1", 10_000), ("1", 1), ("10000", 10_000)])
    func `a limit of zero or less asks for as many as there may be`(text: String, limit: Int) throws {
        #expect(try search("service=a&limit=\(text)")?.limit == limit)
    }

    @Test func `ids make everything else irrelevant but not unread`() throws {
        let search = try TraceSearch(QueryParameters("traceID=1&traceID=00A&service=x"), nowNanoseconds: Self.now)
        guard case .traces(let ids) = search.target else {
            Issue.record("not by id")
            return
        }
        #expect(ids == [TraceID(low: 1), TraceID(low: 10)])
    }

    @Test(arguments: [
        ("service=a&minDuration=10", "unable to parse param 'minDuration': time: missing unit in duration \"10\""),
        ("service=a&maxDuration=x", "unable to parse param 'maxDuration': time: invalid duration \"x\""),
        ("service=a&minDuration=2s&maxDuration=1s", "'maxDuration' should be greater than 'minDuration'"),
        ("service=a&start=1.5", "unable to parse param 'start': strconv.ParseInt: parsing \"1.5\": invalid syntax"),
        ("service=a&end=abc", "unable to parse param 'end': strconv.ParseInt: parsing \"abc\": invalid syntax"),
        ("service=a&limit=x", "unable to parse param 'limit': strconv.ParseInt: parsing \"x\": invalid syntax"),
        (
            "service=a&limit=99999999999",
            "unable to parse param 'limit': strconv.ParseInt: parsing \"99999999999\": value out of range; it is"
        ),
        (
            "service=a&limit=10001",
            "parameter 'limit': '10001' is not understood; it is a whole number up to 10000; 0 or less"
        ),
        ("service=a&raw=yes", "unable to parse param 'raw': strconv.ParseBool: parsing \"yes\": invalid syntax"),
        ("traceID=xyz", "cannot parse traceID param: strconv.ParseUint: parsing \"xyz\": invalid syntax"),
        (
            "service=a&tags=%7B%22idx%22%3A3%7D",
            "malformed 'tags' parameter, cannot unmarshal JSON: "
                + "json: cannot unmarshal number into Go value of type string"
        ),
        (
            "sort=fastest",
            "parameter 'sort': 'fastest' is not understood; it is one of newest, oldest, longest, "
                + "shortest, most-spans, most-errors"
        ),
        (
            "minTraceDuration=5",
            "parameter 'minTraceDuration': '5' is not understood; it is a duration that is not negative: "
                + "numbers with units, such as 1.5ms, 200us or 2m30s"
        ),
        (
            "maxTraceDuration=-1s",
            "parameter 'maxTraceDuration': '-1s' is not understood; it is a duration that is not negative: "
                + "numbers with units, such as 1.5ms, 200us or 2m30s"
        ),
        ("minTraceDuration=2s&maxTraceDuration=1s", "'maxTraceDuration' should be greater than 'minTraceDuration'"),
        ("q=%7B+span.a+%3D+%7D", "parameter 'q': line 1, column 12: expected a value, found `}`"),
        ("cursor=abc", "parameter 'cursor': this is no cursor: pass the one that an answer gave, whole and unchanged"),
        ("total=all", "parameter 'total': 'all' is not understood; it is one of exact, bound"),
        ("matches=x", "unable to parse param 'matches': strconv.ParseBool: parsing \"x\": invalid syntax"),
        ("lookback=10", "parameter 'lookback': '10' is not understood; it is a duration such as 30m"),
        ("start=x&limit=y", "unable to parse param 'start': strconv.ParseInt: parsing \"x\": invalid syntax"),
    ])
    func `what is wrong is named, in Jaeger's words where it has some`(query: String, words: String) {
        let error = #expect(throws: QueryError.self) {
            try TraceSearch(QueryParameters(query), nowNanoseconds: Self.now)
        }
        #expect(error?.status.code == 400)
        #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
    }

    @Test func `several services, none, TraceQL and the trace's duration become one expression`() throws {
        #expect(try search("")?.filter == .everything)
        #expect(try search("service=a&service=b")?.filter == .or([.service("a"), .service("b")]))
        let query = try #require(try search("q=%7B+status+%3D+error+%7D&service=a&sort=longest&total=exact"))
        #expect(query.filter == .and([.status(.error), .service("a")]))
        #expect(query.expression == nil)
        #expect(query.order == .longest && query.countsAll)
        let pipeline = try #require(try search("q=%7B%7D+%3E%3E+%7B%7D&minTraceDuration=1s&service=a"))
        #expect(
            pipeline.expression?.traceQL
                == "{ } >> { } | { resource.service.name = \"a\" && traceDuration >= 1s }"
        )
        let long = try #require(try search("maxTraceDuration=1s"))
        #expect(long.expression?.traceQL == "{ traceDuration <= 1s }")
    }

    @Test func `a cursor belongs to one order, and Jaeger's words alone get Jaeger's envelope`() throws {
        let position = TracePosition(rank: 1, start: 2, id: TraceID(low: 3))
        let cursor = TraceCursor(order: .longest, position: position)
        #expect(try search("sort=longest&cursor=\(cursor.text)")?.after == cursor)
        let words = "parameter 'cursor': it is of a search with sort=longest, and this one has sort=newest"
        #expect(throws: QueryError.badRequest(words)) { try search("cursor=\(cursor.text)") }
        func isExtended(_ query: String) throws -> Bool {
            try TraceSearch(QueryParameters(query), nowNanoseconds: Self.now).isExtended
        }
        #expect(try !isExtended("service=a&operation=b&limit=5&tag=a:b"))
        for query in [
            "", "service=a&service=b", "service=a&sort=newest", "service=a&q=%7B%7D", "service=a&total=bound",
        ] {
            #expect(try isExtended(query))
        }
    }

    @Test func `random queries are answered or refused but never crash`() {
        var random = SeededRandom(seed: 5)
        let words = [
            "service", "start", "end", "limit", "tag", "tags", "traceID", "lookback", "minDuration", "=", "&", "a:b",
            "%7B%22a%22:%221%22%7D", "-1", "9223372036854775807", "99999999999999999999", "1h", "1w", "100001d", "%",
            "é",
        ]
        var answered = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...12, using: &random)
            let query = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined()
            let parameters = QueryParameters("service=a&" + query)
            if (try? TraceSearch(parameters, nowNanoseconds: random.next())) != nil { answered += 1 }
        }
        #expect(answered > 1000)
        #expect(answered < 20_000)
    }
}
