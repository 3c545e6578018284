import SpanStorage
import Testing
import TraceModel

@Suite struct TraceQLParserTests {
    private func filter(_ text: String) throws -> SpanFilter? {
        guard case .filter(let filter) = try SpansetExpression(traceQL: text) else { return nil }
        return filter
    }

    @Test func `fields that stores know best become cases of their own`() throws {
        #expect(try filter("{}") == .everything)
        #expect(try filter("{ true }") == .everything)
        #expect(try filter("{ false }") == .nothing)
        #expect(try filter(#"{ name = "a" }"#) == .name("a"))
        #expect(try filter(#"{ "a" = span:name }"#) == .name("a"))
        #expect(try filter(#"{ name != "a" }"#) == .not(.name("a")))
        #expect(try filter(#"{ resource.service.name = "a" }"#) == .service("a"))
        #expect(try filter("{ status = error && kind != server }") == .and([.status(.error), .not(.kind(.server))]))
        #expect(try filter("{ duration >= 5ms }") == .durationAtLeast(5_000_000))
        #expect(try filter("{ 5ms < duration }") == .not(.durationAtMost(5_000_000)))
        #expect(try filter("{ span:duration < 1h30m }") == .not(.durationAtLeast(5_400_000_000_000)))
        #expect(try filter(#"{ tag("k", "v") }"#) == .tag(TagCondition(key: "k", text: "v")))
    }

    @Test(arguments: [
        ("{ .a = 1 }", SpanField.attribute(.any, "a"), FieldTest.compare(.equal, .int(1))),
        (
            "{ span.http.status_code >= 500 }", .attribute(.span, "http.status_code"),
            .compare(.greaterOrEqual, .int(500))
        ),
        ("{ resource.a-b/c:d = -1.5 }", .attribute(.resource, "a-b/c:d"), .compare(.equal, .double(-1.5))),
        ("{ span.\"a b\".c = 1e3 }", .attribute(.span, "a b.c"), .compare(.equal, .double(1000))),
        ("{ event.\"say \\\"x\\\"\" = `a\\d` }", .attribute(.event, "say \"x\""), .compare(.equal, .string("a\\d"))),
        ("{ link.a != \"tab\\t\\u00e9\" }", .attribute(.link, "a"), .compare(.notEqual, .string("tab\té"))),
        ("{ instrumentation.a }", .attribute(.scope, "a"), .compare(.equal, .bool(true))),
        ("{ .a = false }", .attribute(.any, "a"), .compare(.equal, .bool(false))),
        ("{ .a != nil }", .attribute(.any, "a"), .exists),
        ("{ .a > 1.5ms }", .attribute(.any, "a"), .compare(.greater, .duration(1_500_000))),
        ("{ .a > -2h }", .attribute(.any, "a"), .compare(.greater, .duration(-7_200_000_000_000))),
        ("{ .a = -9223372036854775808 }", .attribute(.any, "a"), .compare(.equal, .int(.min))),
        ("{ .a in (1, \"x\", true) }", .attribute(.any, "a"), .isOneOf([.int(1), .string("x"), .bool(true)])),
        ("{ kind in (server, client) }", .intrinsic(.kind), .isOneOf([.kind(.server), .kind(.client)])),
        ("{ rootServiceName = \"a\" }", .intrinsic(.rootServiceName), .compare(.equal, .string("a"))),
        ("{ trace:duration > 1s }", .intrinsic(.traceDuration), .compare(.greater, .duration(1_000_000_000))),
        ("{ trace:id = \"AB12\" }", .intrinsic(.traceID), .compare(.equal, .string("AB12"))),
        ("{ event:timeSinceStart<2µs }", .intrinsic(.eventTimeSinceStart), .compare(.less, .duration(2_000))),
        ("{ statusMessage != nil }", .intrinsic(.statusMessage), .exists),
        ("{ childCount > 1 }", .intrinsic(.childCount), .compare(.greater, .int(1))),
        ("{ nestedSetLeft = 1 }", .intrinsic(.nestedSetLeft), .compare(.equal, .int(1))),
        ("{ span:parentID != nil }", .intrinsic(.parentID), .exists),
        ("{ nestedSetParent >= 0 }", .intrinsic(.parentID), .exists),
    ])
    func `a condition names a field and a test`(text: String, field: SpanField, test: FieldTest) throws {
        #expect(try filter(text) == .field(FieldCondition(field, test)))
    }

    @Test func `and and or bind equally and are read from the left, as in Tempo`() throws {
        let a = SpanFilter.name("a")
        let b = SpanFilter.name("b")
        let c = SpanFilter.name("c")
        let text = #"name = "a" X name = "b" Y name = "c""#
        func read(_ first: String, _ second: String) throws -> SpanFilter? {
            try filter("{ \(text.replacing("X", with: first).replacing("Y", with: second)) }")
        }
        #expect(try read("||", "&&") == .and([.or([a, b]), c]))
        #expect(try read("&&", "||") == .or([.and([a, b]), c]))
        #expect(try read("&&", "&&") == .and([a, b, c]))
        #expect(try filter(#"{ name = "a" || (name = "b" && name = "c") }"#) == .or([a, .and([b, c])]))
        #expect(try filter(#"{ !(name = "a" || !(name = "b")) }"#) == .not(.or([a, .not(b)])))
        #expect(
            try filter("{ !.a && !!.b }")
                == .and([
                    .not(.field(.attribute(.any, "a"), .compare(.equal, .bool(true)))),
                    .field(.attribute(.any, "b"), .compare(.equal, .bool(true))),
                ])
        )
        #expect(try filter("{ .a = nil }") == .not(.field(.attribute(.any, "a"), .exists)))
    }

    @Test func `spansets are combined, related and piped`() throws {
        let any = SpansetExpression.filter(.everything)
        let error = SpansetExpression.filter(.status(.error))
        func parse(_ text: String) throws -> SpansetExpression { try SpansetExpression(traceQL: text) }
        #expect(try parse("{} && {status=error}") == .all([any, error]))
        #expect(try parse("{} || {} && {status=error}") == .all([.any([any, any]), error]))
        #expect(try parse("{} || ({} && {status=error})") == .any([any, .all([any, error])]))
        for form in Relation.Form.allCases {
            for kind in Relation.Kind.allCases {
                let relation = Relation(kind, form)
                #expect(try parse("{} \(relation.text) {status=error}") == .related(any, relation, error))
                #expect(try parse("{}\(relation.text){status=error}") == .related(any, relation, error))
            }
        }
        #expect(
            try parse("{} >> {} > {status=error} && {}")
                == .all([.related(.related(any, Relation(.descendant), any), Relation(.child), error), any])
        )
        #expect(
            try parse("{} | count() > 2 | {status=error} | by(resource.a) | avg(duration) >= 1s | coalesce()")
                == .pipeline(
                    any,
                    [
                        .aggregate(.count, .greater, .int(2)), .filter(error), .groupBy(.attribute(.resource, "a")),
                        .aggregate(.average(.intrinsic(.duration)), .greaterOrEqual, .duration(1_000_000_000)),
                        .coalesce,
                    ]
                )
        )
        #expect(
            try parse("({} | min(.a) = 1) && ({} | sum(span.b) < -1.5 | select(name, .a))")
                == .all([
                    .pipeline(any, [.aggregate(.least(.attribute(.any, "a")), .equal, .int(1))]),
                    .pipeline(
                        any,
                        [
                            .aggregate(.sum(.attribute(.span, "b")), .less, .double(-1.5)),
                            .select([.intrinsic(.name), .attribute(.any, "a")]),
                        ]
                    ),
                ])
        )
        #expect(try parse("{} with (most_recent=true, x=\"y\")") == any)
    }

    @Test(arguments: [
        ("", 1, 1, "expected a spanset such as `{ status = error }`, found the end of the query"),
        ("{", 1, 2, "expected a condition such as `span.http.status_code >= 500`, found the end of the query"),
        ("{ .a = 1", 1, 9, "expected `&&`, `||` or `}`, found the end of the query"),
        (
            "{ .a = 1 } foo", 1, 12,
            "expected `|`, `&&`, `||`, a relation such as `>>`, or the end of the query, found `foo`"
        ),
        ("{ .a = 1 .b }", 1, 10, "expected `&&`, `||` or `}`, found `.b`"),
        ("{ .a = 1 &&\n  name }", 2, 8, "expected a comparison such as `=` or `>`, found `}`"),
        ("{ .a == 1 }", 1, 6, "`==` is written `=`"),
        ("{ .a = }", 1, 8, "expected a value, found `}`"),
        ("{ .a = foo }", 1, 8, "expected a value, found `foo`; strings stand in quotes: `\"foo\"`"),
        ("{ .a = 'x' }", 1, 8, "`'` means nothing here; strings stand in double quotes or backticks"),
        ("{ .a = \"x }", 1, 8, "this string is never closed"),
        ("{ .a = \"\\d\" }", 1, 9, "`\\d` is no escape in a string; write `\\\\d`, or put the string in backticks"),
        ("{ . = 1 }", 1, 3, "an attribute's key is missing after `.`"),
        (
            "{ http.method = 1 }", 1, 3,
            "`http.method` lacks a level: write `.http.method`, `span.http.method` or `resource.http.method`"
        ),
        ("{ foo = 1 }", 1, 3, "`foo` is not a field that every span has; the attribute is written `.foo`"),
        ("{ span:foo = 1 }", 1, 3, "`span:foo` is not a field that every span has"),
        ("{ parent.a = 1 }", 1, 3, "`parent.` is not supported: relate spans as in `{ … } > { … }`"),
        ("{ .a = .b }", 1, 8, "a field can only be compared with a value"),
        ("{ .a = 1 + 1 }", 1, 10, "calculating with values is not supported"),
        ("{ .a * 2 = 1 }", 1, 6, "calculating with fields is not supported"),
        ("{ .a > nil }", 1, 6, "`nil` can only be compared by `=` and `!=`"),
        ("{ .a > true }", 1, 8, "true and false can only be compared by `=` and `!=`"),
        ("{ .a = error }", 1, 8, "`error` is a status, which no attribute has; a string stands in quotes"),
        ("{ .a = 5x }", 1, 8, "`5x` is neither a number nor a duration such as 1.5ms or 2h30m"),
        ("{ .a = 300y }", 1, 8, "`300y` is neither a number nor a duration such as 1.5ms or 2h30m"),
        ("{ .a = 3000000h }", 1, 8, "`3000000h` is longer than a duration can be: 292 years"),
        ("{ .a = 9223372036854775808 }", 1, 8, "`9223372036854775808` is beyond the 64 bits of an integer"),
        ("{ name = 5 }", 1, 10, "`name` is a string: compare it with one, in quotes"),
        ("{ duration > \"x\" }", 1, 14, "`duration` is a duration: compare it with one, such as 5ms"),
        (
            "{ status = \"error\" }", 1, 12,
            "`status` is compared by `=` and `!=` with `error`, `ok` or `unset`, without quotes"
        ),
        ("{ trace:id = \"xyz\" }", 1, 14, "`trace:id` is a number in hexadecimal, which this is not"),
        ("{ duration =~ \"x\" }", 1, 15, "`duration` is not a string: a regular expression can never match it"),
        ("{ .a =~ 5 }", 1, 9, "expected a regular expression as a string, found `5`"),
        ("{ .a =~ \"x(\" }", 1, 11, "this group is never closed, at character 2 of the regular expression"),
        ("{ .a =~ \"\\\\d(\" }", 1, 9, "this group is never closed, at character 3 of the regular expression"),
        ("{ .a =~ `x(` }", 1, 11, "this group is never closed, at character 2 of the regular expression"),
        ("{ !.a = 1 }", 1, 4, "`!` needs brackets around a comparison: `!(…)`"),
        ("{ .a >> .b }", 1, 6, "`>>` relates spansets, as in `{ … } >> { … }`, not fields"),
        ("{} >> ", 1, 7, "expected a spanset such as `{ status = error }`, found the end of the query"),
        (
            "{} | foo()", 1, 6,
            "expected a stage: `count()`, `avg(duration)`, `by(…)`, `select(…)` or a spanset, found `foo`"
        ),
        ("{} | rate()", 1, 6, "`rate` makes metrics of spans; this is a search for traces"),
        ("{} | count() ", 1, 14, "expected a comparison such as `> 2`, found the end of the query"),
        ("{} | count() > \"x\"", 1, 16, "expected a number or a duration, found `\"x\"`"),
        ("{} | avg(name) > 1", 1, 10, "`name` is not a number"),
        ("{} | avg() > 1", 1, 10, "expected a field such as `duration` or `span.http.url`, found `)`"),
        ("{} | by(.a) | {} > {}", 1, 15, "after `by()` spans cannot be related any more"),
        ("({}", 1, 4, "expected `|`, `&&`, `||` or `)`, found the end of the query"),
    ])
    func `an error says where it is and what was expected`(text: String, line: Int, column: Int, message: String) {
        #expect(throws: TraceQLError(message, line: line, column: column)) { try SpansetExpression(traceQL: text) }
    }

    @Test func `queries are bounded in length, depth and passes`() {
        func message(_ text: String) -> String? {
            guard case .failure(let error) = reading(text) else { return nil }
            return error.message
        }
        func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        #expect(message("{ .a = \"\(times("x", 16_384))\" }") == "the query is longer than 16384 bytes")
        #expect(message("{ \(times("(", 300)) .a }") == "brackets nest deeper than 256")
        #expect(message("{ \(times("!", 70)) .a }") == "conditions nest deeper than 60")
        #expect(message("{ .a \(times("&& .a || .a ", 40)) }") == "conditions nest deeper than 60")
        #expect(message("{ .a \(times("&& .a ", 2_000)) }") == nil)
        #expect(message("{} \(times("> {} ", 60))") == "a query has at most 100 spansets, relations and stages")
        #expect(message("{} \(times("|| {} ", 98))") == nil)
        #expect(
            message("{ \(times(".a =~ `x` || ", 50)) .a =~ `x` }") == "a query has at most 50 regular expressions"
        )
    }
}
