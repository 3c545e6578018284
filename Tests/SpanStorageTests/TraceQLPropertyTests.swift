import SpanStorage
import Testing

/// One after the other, and giving way now and then: all tests share a few threads.
@Suite(.serialized) struct TraceQLPropertyTests {
    @Test func `what is printed reads as what it was printed from`() async throws {
        var queries = RandomQuery(seed: 1)
        for _ in 0..<2_000 {
            await Task.yield()
            let expression = queries.expression()
            let text = expression.traceQL
            let result = reading(text)
            // A generator that knows nothing of the one rule across stages may break it.
            if case .failure(let error) = result, error.message.hasPrefix("after `by()`") { continue }
            let read = try result.get()
            #expect(read == expression, "\(text)")
            #expect(read.traceQL == text)
        }
    }

    @Test func `random words are refused, or read and printed and read again, but never a trap`() async throws {
        let words = [
            "{", "}", "(", ")", "&&", "||", "!", "|", ">>", ">", "<", "~", "!>>", "&<<", "=", "!=", "=~", "!~", ">=",
            ".a", "span.b", "resource.service.name", "name", "duration", "status", "error", "server", "nil", "true",
            "1", "-", "2.5", "3ms", "\"x\"", "`y.*`", "count()", "avg(duration)", "by(.a)", "select(.a)", "in", ",",
            "coalesce()", "tag(\"a\", \"b\")", "trace:id", "event.\"q\"", "with",
        ]
        var random = SplitMix(state: 2)
        var read = 0
        for _ in 0..<30_000 {
            await Task.yield()
            var text = random.once(in: 2) ? "{" : ""
            for _ in 0..<random.below(14) { text += random.pick(words) + (random.once(in: 3) ? "" : " ") }
            if random.once(in: 2) { text += "}" }
            guard let expression = try? SpansetExpression(traceQL: text) else { continue }
            read += 1
            #expect(try SpansetExpression(traceQL: expression.traceQL) == expression, "\(text)")
        }
        #expect(read > 500)
    }

    @Test func `random bytes and damaged queries are refused or read, never a trap`() async {
        var queries = RandomQuery(seed: 3)
        var random = SplitMix(state: 4)
        var refused = 0
        for index in 0..<4_000 {
            await Task.yield()
            var bytes = index % 4 == 0 ? [] : Array(queries.expression().traceQL.utf8)
            if index % 4 == 0 {
                for _ in 0..<random.below(64) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
            }
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[random.below(bytes.count)], at: place)
                default: bytes.removeLast(bytes.count - place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard case .failure(let error) = reading(text) else { continue }
            refused += 1
            #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty)
            #expect(error.column <= text.unicodeScalars.count + 1)
        }
        #expect(refused > 1_500)
    }

    @Test func `the longest queries are read in no time`() {
        func times(_ text: String, _ bytes: Int) -> String { String(repeating: text, count: bytes / text.utf8.count) }
        let limit = 16_300
        let texts = [
            "{" + times("(", limit), "{" + times("!", limit), times("{}>", limit), times("{}&&", limit),
            "{.a" + times("&&.a", limit) + "}", "{.a" + times("||.a&&.a", limit) + "}", times("({}|", limit),
            "{.a=\"" + times("\\n", limit) + "\"}", "{.a=" + times("9", limit) + "}", "{." + times("\"a\"", limit),
            "{.a=~`" + times("x{999}", 2_000) + "`}", "{.a=" + times("1h", limit) + "}", times("\n", limit),
            "{" + times(".a=~`((((x{9}){9}){9}){9}`||", limit) + ".a}",
        ]
        for text in texts {
            let time = ContinuousClock().measure { _ = try? SpansetExpression(traceQL: text) }
            #expect(time < .seconds(3), "\(text.prefix(20))… \(time)")
        }
    }
}

/// What becomes of a text.
func reading(_ text: String) -> Result<SpansetExpression, TraceQLError> {
    Result { () throws(TraceQLError) -> SpansetExpression in try SpansetExpression(traceQL: text) }
}
