import FoundationEssentials

// The answers of the query API, as far as commands show them.

/// What stands around every answer.
struct AnswerEnvelope<Content: Decodable>: Decodable {
    struct Problem: Decodable {
        var msg: String
    }

    struct Partial: Decodable {
        var message: String
    }

    var data: Content?
    var total: Int?
    var totalIsExact: Bool?
    var next: String?
    var errors: [Problem]?
    var partial: Partial?
}

/// A trace in Jaeger's JSON.
struct TraceDocument: Decodable {
    struct Span: Decodable {
        var spanID: String
        var operationName: String
        var references: [Reference]
        /// Microseconds since 1970.
        var startTime: Int
        /// Microseconds.
        var duration: Int
        var tags: [Tag]
        var logs: [Log]
        var processID: String
        var warnings: [String]?

        var end: Int { startTime + max(0, duration) }

        var isError: Bool { tags.contains { $0.key == "error" && $0.value.text == "true" } }
    }

    struct Reference: Decodable {
        var refType: String
        var traceID: String
        var spanID: String
    }

    struct Tag: Decodable {
        var key: String
        var value: TagValue
    }

    struct Log: Decodable {
        var timestamp: Int
        var fields: [Tag]
    }

    struct Process: Decodable {
        var serviceName: String
    }

    var traceID: String?
    var spans: [Span]
    var processes: [String: Process]
    var warnings: [String]?

    func service(of span: Span) -> String { processes[span.processID]?.serviceName ?? "" }
}

/// A value as text.
struct TagValue: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let string = try? container.decode(String.self) {
            text = string
        } else if let flag = try? container.decode(Bool.self) {
            text = flag ? "true" : "false"
        } else if let int = try? container.decode(Int64.self) {
            text = String(int)
        } else if let double = try? container.decode(Double.self) {
            text = String(double)
        } else {
            text = ""
        }
    }
}

/// A line of a list of traces.
struct SummaryDocument: Decodable {
    struct Service: Decodable {
        var name: String
        var spanCount: Int
        var errorSpanCount: Int
    }

    var traceId: String
    var rootServiceName: String
    var rootOperationName: String
    var minStartTimeUnixNano: String
    var maxEndTimeUnixNano: String
    var spanCount: Int
    var errorSpanCount: Int
    var services: [Service]

    var start: UInt64 { UInt64(minStartTimeUnixNano) ?? 0 }
    var duration: Int64 { Int64(clamping: (UInt64(maxEndTimeUnixNano) ?? start) &- start) }
    /// As people copy it: without the zeros that 64 bits do not have.
    var id: String {
        traceId.hasPrefix("0000000000000000") ? String(traceId.dropFirst(16)) : traceId
    }
}

/// An operation of a service.
struct OperationDocument: Decodable {
    var name: String
    var spanKind: String
}

/// The critical path of a trace.
struct CriticalPathDocument: Decodable {
    struct Segment: Decodable {
        var spanID: String
        var offset: Double
        var duration: Double
    }

    var segments: [Segment]
}

/// Two traces, one over the other.
struct ComparisonDocument: Decodable {
    struct Head: Decodable {
        var traceID: String
        var rootService: String
        var rootOperation: String
        var startTime: Int
        var duration: Double
        var spanCount: Int
        var errorCount: Int
    }

    struct Side: Decodable {
        var count: Int
        var errors: Int
        var total: Double
    }

    struct Node: Decodable {
        var depth: Int
        var service: String
        var operation: String
        var change: String
        var a: Side?
        var b: Side?
        var totalDelta: Double
    }

    var a: Head
    var b: Head
    var differences: Int
    var truncated: Bool
    var nodes: [Node]
}

/// A span that came in.
struct LiveSpanDocument: Decodable {
    var traceID: String
    var spanID: String
    var service: String
    var operation: String
    var status: String
    var startTime: Int
    var duration: Double
    var attributes: [String: TagValue]?
}

/// What was left out.
struct SkippedDocument: Decodable {
    var count: Int
    var total: Int
}
