import JaegerClient
import OpenTracing
import Testing

/// Headers that may stand there several times and in any case, as HTTP has them.
private struct HeaderList: TextMapReader {
    var pairs: [(String, String)]

    func forEachPair(_ body: (_ key: String, _ value: String) -> Void) {
        for (key, value) in pairs { body(key, value) }
    }
}

/// The cases of the W3C's own test suite (w3c/trace-context, `test/test.py`), by the names they have there.
///
/// A traceparent that is not one begins a new trace; a tracestate that is not one is dropped.
@Suite struct TraceContextTests {
    static let trace = "12345678901234567890123456789012"
    static let parent = "00-12345678901234567890123456789012-1234567890123456-01"

    let tracer = JaegerTracer(
        serviceName: "test",
        sampler: ConstSampler(true),
        reporter: InMemoryReporter(),
        propagation: Propagation([.w3c])
    )

    /// What a service sends on that got these headers.
    private func forwarded(_ pairs: [(String, String)]) throws -> [String: String] {
        let context = try? tracer.extract(from: HeaderList(pairs: pairs), format: .httpHeaders)
        let span = tracer.startSpan("work", childOf: context)
        defer { span.finish() }
        var headers: [String: String] = [:]
        tracer.inject(span.context, into: &headers, format: .httpHeaders)
        let parent = try #require(headers["traceparent"])
        #expect(parent.utf8.count == 55)
        #expect(parent.hasPrefix("00-"))
        #expect(!parent.contains("-1234567890123456-"), "the span is a new one")
        return headers
    }

    private func continues(_ pairs: [(String, String)]) throws -> Bool {
        try #require(forwarded(pairs)["traceparent"]).contains("-\(Self.trace)-")
    }

    @Test func `both headers missing begins a trace`() throws {
        #expect(try !continues([]))
        #expect(try forwarded([])["tracestate"] == nil)
    }

    @Test(arguments: ["traceparent", "TraceParent", "TRACEPARENT", "TrAcEpArEnT"])
    func `the name is read in any case`(name: String) throws {
        #expect(try continues([(name, Self.parent)]))
    }

    @Test func `a tracestate without a traceparent is dropped`() throws {
        #expect(try forwarded([("tracestate", "foo=1")])["tracestate"] == nil)
    }

    @Test func `a traceparent and a tracestate are carried on`() throws {
        let headers = try forwarded([("traceparent", Self.parent), ("tracestate", "foo=1,bar=2")])
        #expect(headers["tracestate"] == "foo=1,bar=2")
        #expect(try continues([("traceparent", Self.parent)]))
    }

    @Test func `two traceparents are none`() throws {
        let other = "00-12345678901234567890123456789011-1234567890123456-01"
        #expect(try !continues([("traceparent", other), ("traceparent", Self.parent)]))
        #expect(try !continues([("traceparent", Self.parent), ("traceparent", Self.parent)]))
        #expect(
            try forwarded([("traceparent", other), ("traceparent", Self.parent), ("tracestate", "a=1")])["tracestate"]
                == nil
        )
    }

    @Test(arguments: [
        // version_0x00: longer, with or without a dash.
        "00-12345678901234567890123456789012-1234567890123456-01.",
        "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
        // version_0xcc: what is added has to stand behind a dash.
        "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-not-be-like",
        "ff-12345678901234567890123456789012-1234567890123456-01",
        // version_illegal_characters, version_too_long, version_too_short
        ".0-12345678901234567890123456789012-1234567890123456-01",
        "0.-12345678901234567890123456789012-1234567890123456-01",
        "000-12345678901234567890123456789012-1234567890123456-01",
        "0000-12345678901234567890123456789012-1234567890123456-01",
        "0-12345678901234567890123456789012-1234567890123456-01",
        // trace_id_all_zero, trace_id_illegal_characters, trace_id_too_long, trace_id_too_short
        "00-00000000000000000000000000000000-1234567890123456-01",
        "00-.2345678901234567890123456789012-1234567890123456-01",
        "00-1234567890123456789012345678901.-1234567890123456-01",
        "00-123456789012345678901234567890123-1234567890123456-01",
        "00-1234567890123456789012345678901-1234567890123456-01",
        "00-1234567890ABCDEF7890123456789012-1234567890123456-01",
        // parent_id_all_zero, parent_id_illegal_characters, parent_id_too_long, parent_id_too_short
        "00-12345678901234567890123456789012-0000000000000000-01",
        "00-12345678901234567890123456789012-.234567890123456-01",
        "00-12345678901234567890123456789012-123456789012345.-01",
        "00-12345678901234567890123456789012-12345678901234567-01",
        "00-12345678901234567890123456789012-123456789012345-01",
        // trace_flags_illegal_characters, trace_flags_too_long, trace_flags_too_short
        "00-12345678901234567890123456789012-1234567890123456-.0",
        "00-12345678901234567890123456789012-1234567890123456-0.",
        "00-12345678901234567890123456789012-1234567890123456-001",
        "00-12345678901234567890123456789012-1234567890123456-1",
        "", "-", "---", "00-12345678901234567890123456789012-1234567890123456-",
    ])
    func `a traceparent that is not one begins a trace and drops the tracestate`(text: String) throws {
        let headers = try forwarded([("traceparent", text), ("tracestate", "foo=1")])
        #expect(headers["traceparent"]?.contains("1234567890123456789012345678901") == false)
        #expect(headers["tracestate"] == nil)
    }

    @Test(arguments: [
        "cc-12345678901234567890123456789012-1234567890123456-01",
        "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
        // ows_handling
        " 00-12345678901234567890123456789012-1234567890123456-01",
        "\t00-12345678901234567890123456789012-1234567890123456-01",
        "00-12345678901234567890123456789012-1234567890123456-01 ",
        "00-12345678901234567890123456789012-1234567890123456-01\t",
        "\t 00-12345678901234567890123456789012-1234567890123456-01 \t",
        // The unused bits of the flags.
        "00-12345678901234567890123456789012-1234567890123456-ff",
    ])
    func `later versions, space around and unknown flags are read`(text: String) throws {
        let headers = try forwarded([("traceparent", text), ("tracestate", "foo=1")])
        #expect(headers["traceparent"]?.contains("-\(Self.trace)-") == true)
        #expect(headers["traceparent"]?.hasSuffix("-01") == true)
        #expect(headers["tracestate"] == "foo=1")
    }

    @Test func `the decision not to record is carried on`() throws {
        let headers = try forwarded([("traceparent", Self.parent.dropLast(2) + "00")])
        #expect(headers["traceparent"]?.hasSuffix("-00") == true)
    }

    private func state(_ values: String...) throws -> String? {
        try forwarded([("traceparent", Self.parent)] + values.map { ("tracestate", $0) })["tracestate"]
    }

    @Test func `a tracestate that is empty is none, and empty members are passed over`() throws {
        #expect(try state("") == nil)
        #expect(try state("foo=1", "") == "foo=1")
        #expect(try state("", "foo=1") == "foo=1")
        #expect(try state("foo=1,,,bar=2, ,") == "foo=1,bar=2")
    }

    @Test func `several tracestates are one list`() throws {
        #expect(try state("foo=1,bar=2", "rojo=1,congo=2", "baz=3") == "foo=1,bar=2,rojo=1,congo=2,baz=3")
    }

    @Test func `space around members is dropped`() throws {
        #expect(try state(" foo=1 , \t bar=2 \t") == "foo=1,bar=2")
        #expect(try state("foo=1 \t,\t bar=2,\tbaz=3 ") == "foo=1,bar=2,baz=3")
    }

    @Test func `of two members with one key the first, which is the newer, is kept`() throws {
        #expect(try state("foo=1,foo=2") == "foo=1")
        #expect(try state("foo=1", "foo=1") == "foo=1")
    }

    @Test(arguments: [
        "foo =1", "FOO=1", "foo.bar=1", "foo@=1,bar=2", "@foo=1,bar=2", "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2",
        "foo", "foo=", "=1", "foo=bar=baz", "foo=,bar=3", "1foo=1", "foo=b\u{E4}r", "foo=\u{7F}",
        String(repeating: "t", count: 242) + "@v=1", "t@" + String(repeating: "v", count: 15) + "=1",
        String(repeating: "z", count: 257) + "=1", "a=" + String(repeating: "x", count: 257),
    ])
    func `a tracestate with a bad member is dropped as a whole`(text: String) throws {
        #expect(try state(text + ",ok=1") == nil)
    }

    @Test(arguments: [
        "foo@bar=1,bar=2", String(repeating: "z", count: 256) + "=1",
        String(repeating: "t", count: 241) + "@" + String(repeating: "v", count: 14) + "=1",
        "0a-z_*/-@v-_*/=1", "abcdefghijklmnopqrstuvwxyz0123456789_-*/=1",
        "foo= !\"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
        "a=" + String(repeating: "x", count: 256),
    ])
    func `all that is allowed in keys and values is carried on as it is`(text: String) throws {
        #expect(try state(text) == text)
    }

    @Test func `thirty-two members are carried and thirty-three are not`() throws {
        let members = (1...33).map { "bar\($0)=\($0)" }
        #expect(try state(members.dropLast().joined(separator: ",")) == members.dropLast().joined(separator: ","))
        #expect(try state(members.joined(separator: ",")) == nil)
    }
}
