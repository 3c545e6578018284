import Testing

@testable import QueryAPI

struct GoTextTests {
    private static let durations: [(String, Int64)] = [
        ("0", 0), ("-0", 0), ("+5s", 5_000_000_000), ("5s", 5_000_000_000), ("1m30s", 90_000_000_000),
        ("1.2ms", 1_200_000), ("100us", 100_000), ("100\u{B5}s", 100_000), ("100\u{3BC}s", 100_000), ("7ns", 7),
        ("2h", 7_200_000_000_000), ("-1.5h", -5_400_000_000_000), (".5s", 500_000_000), ("1.s", 1_000_000_000),
        ("1h1m1s1ms1us1ns", 3_661_001_001_001), ("9223372036854775807ns", Int64.max),
        ("-9223372036854775808ns", Int64.min), ("0.3333333333333333333h", 1_200_000_000_000),
    ]

    @Test(arguments: durations)
    func `a duration is read as Go reads it`(text: String, nanoseconds: Int64) throws {
        #expect(try GoText.duration(text) == nanoseconds)
    }

    @Test(arguments: [
        ("10", "time: missing unit in duration \"10\""),
        ("1d", "time: unknown unit \"d\" in duration \"1d\""),
        ("1 s", "time: unknown unit \" s\" in duration \"1 s\""),
        ("abc", "time: invalid duration \"abc\""),
        ("-", "time: invalid duration \"-\""),
        (".s", "time: invalid duration \".s\""),
        ("1s2", "time: missing unit in duration \"1s2\""),
        ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
        ("99999999999999999999s", "time: invalid duration \"99999999999999999999s\""),
        ("3000000h", "time: invalid duration \"3000000h\""),
        ("\"", "time: invalid duration \"\\\"\""),
    ])
    func `a malformed duration is refused in Go's words`(text: String, words: String) {
        #expect(throws: GoText.Malformed(description: words)) { try GoText.duration(text) }
    }

    @Test func `integers keep their bounds and name what is wrong`() throws {
        #expect(try GoText.int64("-9223372036854775808") == .min)
        #expect(try GoText.int64("+7") == 7)
        #expect(try GoText.int32("2147483647") == .max)
        for text in ["", "-", "1.5", "abc", " 1", "0x10", "1_000"] {
            let words = "strconv.ParseInt: parsing \"\(text)\": invalid syntax"
            #expect(throws: GoText.Malformed(description: words)) { try GoText.int64(text) }
        }
        let words = "strconv.ParseInt: parsing \"99999999999\": value out of range"
        #expect(throws: GoText.Malformed(description: words)) { try GoText.int32("99999999999") }
    }

    @Test func `truth values are Go's twelve words`() throws {
        for text in ["1", "t", "T", "TRUE", "true", "True"] { #expect(try GoText.bool(text)) }
        for text in ["0", "f", "F", "FALSE", "false", "False"] { #expect(try !GoText.bool(text)) }
        let words = "strconv.ParseBool: parsing \"yes\": invalid syntax"
        #expect(throws: GoText.Malformed(description: words)) { try GoText.bool("yes") }
    }

    @Test func `random texts are refused or read but never crash`() {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("0123456789.+-nusmhµ \"é")
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...12, using: &random)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            if let duration = try? GoText.duration(text), duration == 0 { #expect(!text.contains("9s")) }
            _ = try? GoText.int64(text)
        }
    }
}

/// A repeatable source of randomness (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
