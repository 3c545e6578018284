import SpanStorage
import Testing
import TraceModel

@testable import QueryAPI

struct ParameterTests {
    @Test func `a query is decoded as forms are`() {
        let parameters = QueryParameters("a=x+y%2Bz&b=%zz&a=2&empty=&flag&%C3%A9=1&&=")
        #expect(parameters["a"] == "x y+z")
        #expect(parameters.all("a") == ["x y+z", "2"])
        #expect(parameters["b"] == "")
        #expect(parameters["empty"] == "")
        #expect(parameters.all("flag") == [""])
        #expect(parameters["é"] == "1")
        #expect(QueryParameters(nil)["a"] == "")
    }

    @Test(arguments: [
        ("", false), ("prettyPrint=", false), ("prettyPrint=false", false), ("prettyPrint=true", true),
        ("prettyPrint=1", true), ("prettyPrint=no", true),
    ])
    func `anything but false asks for an indented answer`(query: String, isIndented: Bool) {
        #expect(QueryParameters(query).isIndented == isIndented)
    }

    @Test func `tags of both kinds are joined and the last of a key counts`() throws {
        let parameters = QueryParameters("tag=k:a:b&tag=z:&tag=x:1&tags=%7B%22x%22%3A%222%22%7D&tags=%7B%7D&tags=null")
        #expect(
            try parameters.tags() == [
                TagCondition(key: "k", text: "a:b"), TagCondition(key: "x", text: "2"),
                TagCondition(key: "z", text: ""),
            ]
        )
    }

    @Test func `a tag without a colon is refused`() {
        let words = "malformed 'tag' parameter, expecting key:value, received: noseparator; it is key:value"
        #expect(throws: QueryError.badRequest(words)) { try QueryParameters("tag=noseparator").tags() }
    }

    @Test(arguments: [
        (#"{"idx":3}"#, "json: cannot unmarshal number into Go value of type string"),
        (#"{"a":[1],"b":true}"#, "json: cannot unmarshal array into Go value of type string"),
        (#"{"a":{"b":{}}}"#, "json: cannot unmarshal object into Go value of type string"),
        (#"{"a":false}"#, "json: cannot unmarshal bool into Go value of type string"),
        ("[]", "json: cannot unmarshal array into Go value of type map[string]string"),
        ("\"x\"", "json: cannot unmarshal string into Go value of type map[string]string"),
        ("7", "json: cannot unmarshal number into Go value of type map[string]string"),
        ("", "unexpected end of JSON input"),
        ("{", "unexpected end of JSON input"),
        (#"{"a""#, "unexpected end of JSON input"),
        ("not", "invalid character 'o' in literal null (expecting 'u')"),
        ("x", "invalid character 'x' looking for beginning of value"),
        ("{x", "invalid character 'x' looking for beginning of object key string"),
        (#"{"a" 1}"#, "invalid character '1' after object key"),
        (#"{"a":"1";}"#, "invalid character ';' after object key:value pair"),
        (#"{"a":"1"}}"#, "invalid character '}' after top-level value"),
        (#"{"a":[1;]}"#, "invalid character ';' after array element"),
        (#"{"a":"\q"}"#, "invalid character 'q' in string escape code"),
        (#"{"a":"\u00g0"}"#, "invalid character 'g' in \\u hexadecimal character escape"),
        (#"{"a":-x}"#, "invalid character 'x' in numeric literal"),
        (#"{"a":1.x}"#, "invalid character 'x' after decimal point in numeric literal"),
        (#"{"a":1ex}"#, "invalid character 'x' in exponent of numeric literal"),
        ("{\"a\":\"\n\"}", "invalid character '\\n' in string literal"),
        ("'", "invalid character '\\'' looking for beginning of value"),
        (#"{"idx":3"#, "unexpected end of JSON input"),
    ])
    func `malformed tags are refused in Go's words`(text: String, words: String) {
        #expect(throws: JSONStringMap.Malformed(description: words)) { try JSONStringMap.parse(text) }
    }

    @Test func `an object of strings is read with its escapes`() throws {
        let text = " {\"a\\u00e9\\n\" : \"\\ud83d\\ude80 \\ud800x\\/\" ,\t\"n\":null, \"a\":\"é\"}\r\n"
        let members = try JSONStringMap.parse(text)
        #expect(members.map(\.0) == ["aé\n", "n", "a"])
        #expect(members.map(\.1) == ["🚀 \u{FFFD}x/", "", "é"])
    }

    @Test func `nesting without end is refused`() {
        let text = "{\"a\":" + String(repeating: "[", count: 100_000)
        #expect(throws: JSONStringMap.Malformed.self) { try JSONStringMap.parse(text) }
    }

    @Test func `broken objects are refused at every byte but never crash`() throws {
        let text = Array(#"{"a":"\u00e9\ud83d\ude80","b":null,"c":[1.5e-3,true,{"x":"y"}],"d":"é"}"#.utf8)
        for length in 0..<text.count {
            let part = String(decoding: text[..<length], as: UTF8.self)
            #expect(throws: JSONStringMap.Malformed.self) { try JSONStringMap.parse(part) }
        }
        var random = SeededRandom(seed: 3)
        var accepted = 0
        for _ in 0..<20_000 {
            var copy = text
            copy[Int.random(in: 0..<copy.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            if (try? JSONStringMap.parse(String(decoding: copy, as: UTF8.self))) != nil { accepted += 1 }
        }
        // The list is no string: nothing that is still an object of it can be accepted.
        #expect(accepted < 20_000 / 10)
    }

    @Test(arguments: [
        ("1001", TraceID(low: 0x1001)), ("0000000000001001", TraceID(low: 0x1001)),
        ("00000000000000000000000000001001", TraceID(low: 0x1001)),
        ("0AF7651916CD43DD8448EB211C80319C", TraceID(high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c)),
        ("f7651916cd43dd8448eb211c80319c", TraceID(high: 0x00f7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c)),
    ])
    func `a trace id is read in every spelling`(text: String, id: TraceID) throws {
        #expect(try parseTraceID(text) == id)
    }

    @Test(arguments: [
        ("xyz", "strconv.ParseUint: parsing \"xyz\": invalid syntax"),
        ("+1001", "strconv.ParseUint: parsing \"+1001\": invalid syntax"),
        (" 1001", "strconv.ParseUint: parsing \" 1001\": invalid syntax"),
        ("", "strconv.ParseUint: parsing \"\": invalid syntax"),
        ("x0000000000000000", "strconv.ParseUint: parsing \"x\": invalid syntax"),
        ("0000000000000000x", "strconv.ParseUint: parsing \"000000000000000x\": invalid syntax"),
        ("éééééééééé", "strconv.ParseUint: parsing \"éé\": invalid syntax"),
        ("éééééééé0", "strconv.ParseUint: parsing \"éééééééé0\": invalid syntax"),
        (
            "0123456789abcdef0123456789abcdef0",
            "TraceID cannot be longer than 32 hex characters: 0123456789abcdef0123456789abcdef0"
        ),
    ])
    func `a malformed trace id is refused in Jaeger's words`(text: String, words: String) {
        #expect(throws: GoText.Malformed(description: words)) { try parseTraceID(text) }
    }
}
