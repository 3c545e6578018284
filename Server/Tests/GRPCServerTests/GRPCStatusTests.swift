import Testing

@testable import GRPCServer

@Suite struct GRPCStatusTests {
    private static let busy = GRPCStatus(.unavailable, "busy", retryAfterSeconds: 3)

    @Test func `without details it is code and message`() {
        let status = GRPCStatus(.invalidArgument, "bad")
        #expect(status.protobuf == [0x08, 0x03, 0x12, 0x03, 0x62, 0x61, 0x64])
        #expect(status.json == #"{"code":3,"message":"bad"}"#)
        #expect(GRPCStatus(.ok).protobuf.isEmpty)
    }

    @Test func `when to try again is a RetryInfo`() {
        let type = Array("type.googleapis.com/google.rpc.RetryInfo".utf8)
        // RetryInfo{1 retry_delay{1 seconds}} within Any{1 type_url, 2 value}.
        let any = [0x0A, UInt8(type.count)] + type + [0x12, 0x04, 0x0A, 0x02, 0x08, 0x03]
        #expect(Self.busy.protobuf == [0x08, 14, 0x12, 4] + Array("busy".utf8) + [0x1A, UInt8(any.count)] + any)
        #expect(
            Self.busy.json
                == #"{"code":14,"message":"busy","details":["#
                + #"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3s"}]}"#
        )
    }

    @Test func `what was wrong is a BadRequest`() {
        let violation = GRPCStatus.FieldViolation(field: "a[0]", description: "\"b\"")
        let status = GRPCStatus(.invalidArgument, "", violations: [violation])
        #expect(status.json.contains(#""fieldViolations":[{"field":"a[0]","description":"\"b\""}]"#))
        // FieldViolation{1 field, 2 description}, at the end of everything.
        let entry = [0x0A, 4] + Array("a[0]".utf8) + [0x12, 3] + Array("\"b\"".utf8)
        #expect(Array(status.protobuf.suffix(entry.count + 2)) == [0x0A, UInt8(entry.count)] + entry)
    }

    @Test func `the message in a header is percent-encoded and bounded`() {
        #expect(GRPCStatus(.unknown, "plain text").percentEncodedMessage == "plain text")
        #expect(GRPCStatus(.unknown, "100 % ü\n").percentEncodedMessage == "100 %25 %C3%BC%0A")
        let long = GRPCStatus(.unknown, String(repeating: "x", count: 100_000))
        #expect(long.percentEncodedMessage.utf8.count < 4_096)
    }
}
