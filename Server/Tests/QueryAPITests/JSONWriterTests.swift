import Foundation
import Testing
import TraceModel

@testable import QueryAPI

struct JSONWriterTests {
    private static let malformed: [([UInt8], String)] = [
        ([0xFF], "\u{FFFD}"), ([0x61, 0xC3], "a\u{FFFD}"), ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
        ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ([0xE2, 0x82, 0x22], "\u{FFFD}\u{FFFD}\\\""), ([0xF0, 0x9F, 0x9A, 0x80, 0x80], "🚀\u{FFFD}"),
    ]

    private func text(_ write: (inout JSONWriter) -> Void, isIndented: Bool = false) -> String {
        var json = JSONWriter(isIndented: isIndented)
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func sample(_ json: inout JSONWriter) {
        json.beginObject()
        json.key("a")
        json.beginArray()
        json.int(1)
        json.null()
        json.beginObject()
        json.endObject()
        json.beginArray()
        json.endArray()
        json.endArray()
        json.key("b")
        json.bool(true)
        json.endObject()
    }

    @Test func `commas stand between values and nowhere else`() {
        #expect(text { sample(&$0) } == #"{"a":[1,null,{},[]],"b":true}"#)
    }

    @Test func `the indented form is Go's with four spaces`() {
        let expected = """
            {
                "a": [
                    1,
                    null,
                    {},
                    []
                ],
                "b": true
            }
            """
        #expect(text({ sample(&$0) }, isIndented: true) == expected)
    }

    @Test func `numbers are written exactly`() {
        let written = text { json in
            json.beginArray()
            json.int(Int64.min)
            json.int(UInt64.max)
            json.int(0)
            json.quotedInt(Int64.max)
            json.double(3)
            json.double(-0.5)
            json.double(1e300)
            json.double(5e-324)
            json.double(.nan)
            json.double(.infinity)
            json.double(-.infinity)
            json.endArray()
        }
        #expect(
            written == """
                [-9223372036854775808,18446744073709551615,0,"9223372036854775807",3,-0.5,1e+300,5e-324,\
                "NaN","+Inf","-Inf"]
                """
        )
    }

    @Test func `text is escaped as Go escapes it`() {
        let written = text { $0.string("a\"\\/\u{8}\t\n\u{C}\r\u{1}\u{1F}\u{7F}<>&é🚀\u{2028}\u{2029}\u{202A}") }
        let expected =
            #""a\"\\/\b\t\n\f\r\u0001\u001f"# + "\u{7F}" + #"\u003c\u003e\u0026é🚀\u2028\u2029"# + "\u{202A}\""
        #expect(written == expected)
    }

    @Test(arguments: malformed)
    func `bytes that are not UTF-8 become replacement characters`(bytes: [UInt8], expected: String) {
        #expect(text { $0.string(bytes.span.bytes) } == "\"\(expected)\"")
        let isValid = isUTF8(bytes.span.bytes)
        #expect(!isValid)
    }

    @Test func `random bytes always make a JSON string that reads back`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<5000 {
            let count = Int.random(in: 0...24, using: &random)
            // Half of them near the interesting bytes.
            let bytes = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : [0x22, 0x5C, 0xE2, 0x80, 0xA8, 0xF0, 0x9F, 0x3C].randomElement(using: &random) ?? 0
            }
            let written = text { $0.string(bytes.span.bytes) }
            let data = Data("[\(written)]".utf8)
            let read = try JSONSerialization.jsonObject(with: data) as? [String]
            let isValid = isUTF8(bytes.span.bytes)
            if isValid { #expect(read == [String(decoding: bytes, as: UTF8.self)]) }
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }

    @Test func `ids have 16 digits or 32`() {
        #expect(text { $0.id(TraceID(low: 0xAB)) } == "\"00000000000000ab\"")
        #expect(text { $0.id(TraceID(high: 1, low: 0xAB)) } == "\"000000000000000100000000000000ab\"")
        #expect(text { $0.id(SpanID(.max)) } == "\"ffffffffffffffff\"")
    }
}
