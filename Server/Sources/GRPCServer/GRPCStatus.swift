import TraceModel

/// How a call ended: a code, words for the person who operates the client, and what the client's code may act on.
///
/// It is `google.rpc.Status` (google/rpc/status.proto) with the details of error_details.proto that are used.
public struct GRPCStatus: Error, Sendable, Equatable, CustomStringConvertible {
    /// The codes of gRPC (google/rpc/code.proto).
    public enum Code: Int, Sendable, CaseIterable {
        case ok = 0
        case cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
        case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, `internal`, unavailable
        case dataLoss, unauthenticated
    }

    /// What was wrong with one part of a request: an entry of `google.rpc.BadRequest`.
    public struct FieldViolation: Sendable, Equatable {
        /// Where it is, such as `resource_spans[0].resource`; empty if nobody knows.
        public var field: String
        /// What is wrong with it.
        public var description: String

        /// Makes a violation from its parts.
        public init(field: String, description: String) {
            self.field = field
            self.description = description
        }
    }

    /// The code.
    public var code: Code
    /// In words; empty for a success.
    public var message: String
    /// When to try again, in seconds: `google.rpc.RetryInfo`.
    ///
    /// OTLP's clients send a `RESOURCE_EXHAUSTED` again only if this is there.
    public var retryAfterSeconds: Int?
    /// What was wrong with the request.
    public var violations: [FieldViolation]

    /// Makes a status from its parts.
    public init(
        _ code: Code,
        _ message: String = "",
        retryAfterSeconds: Int? = nil,
        violations: [FieldViolation] = []
    ) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.violations = violations
    }

    /// The code and the message, for logs.
    public var description: String { "\(code): \(message)" }

    /// Whether there is more to it than code and message.
    public var hasDetails: Bool { retryAfterSeconds != nil || !violations.isEmpty }
}

// The encodings.
extension GRPCStatus {
    static let retryInfo = "type.googleapis.com/google.rpc.RetryInfo"
    private static let badRequest = "type.googleapis.com/google.rpc.BadRequest"

    /// The message `google.rpc.Status` as protobuf: 1 code, 2 message, 3 details (`Any`: 1 type_url, 2 value).
    public var protobuf: [UInt8] {
        var bytes: [UInt8] = []
        if code != .ok {
            bytes.append(protobufTag: 1, .varint)
            bytes.append(varint: UInt64(code.rawValue))
        }
        if !message.isEmpty { bytes.append(field: 2, text: message) }
        if let seconds = retryAfterSeconds {
            var duration: [UInt8] = []
            duration.append(protobufTag: 1, .varint)
            duration.append(varint: UInt64(max(0, seconds)))
            var info: [UInt8] = []
            info.append(field: 1, message: duration)
            bytes.append(field: 3, message: Self.any(Self.retryInfo, info))
        }
        if !violations.isEmpty {
            var request: [UInt8] = []
            for violation in violations {
                var entry: [UInt8] = []
                if !violation.field.isEmpty { entry.append(field: 1, text: violation.field) }
                entry.append(field: 2, text: violation.description)
                request.append(field: 1, message: entry)
            }
            bytes.append(field: 3, message: Self.any(Self.badRequest, request))
        }
        return bytes
    }

    /// The same in protobuf's JSON.
    public var json: String {
        func quoted(_ text: String) -> String {
            var quoted = ""
            writeJSONString(text, to: &quoted)
            return quoted
        }
        var details: [String] = []
        if let seconds = retryAfterSeconds {
            details.append("{\"@type\":\"\(Self.retryInfo)\",\"retryDelay\":\"\(max(0, seconds))s\"}")
        }
        if !violations.isEmpty {
            let entries = violations.map { violation in
                let field = violation.field.isEmpty ? "" : "\"field\":\(quoted(violation.field)),"
                return "{\(field)\"description\":\(quoted(violation.description))}"
            }
            details.append("{\"@type\":\"\(Self.badRequest)\",\"fieldViolations\":[\(entries.joined(separator: ","))]}")
        }
        let list = details.isEmpty ? "" : ",\"details\":[\(details.joined(separator: ","))]"
        return "{\"code\":\(code.rawValue),\"message\":\(quoted(message))\(list)}"
    }

    private static func any(_ type: String, _ value: [UInt8]) -> [UInt8] {
        var any: [UInt8] = []
        any.append(field: 1, text: type)
        any.append(field: 2, message: value)
        return any
    }

    /// The message as the header `grpc-message` wants it: bytes that are not printable ASCII as percent and two digits.
    var percentEncodedMessage: String {
        let isPlain = message.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "%") }
        if isPlain, message.utf8.count <= Self.messageBytesMax { return message }
        var encoded = ""
        for byte in message.utf8.prefix(Self.messageBytesMax) {
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// Clients bound the headers that they take, at 8 KiB and more.
    private static let messageBytesMax = 2048
}

extension [UInt8] {
    mutating func append(field number: UInt32, text: String) {
        append(protobufTag: number, .delimited)
        append(varint: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    mutating func append(field number: UInt32, message: [UInt8]) {
        append(protobufTag: number, .delimited)
        append(varint: UInt64(message.count))
        append(contentsOf: message)
    }
}
