/// A tool as it is told to clients.
struct ToolDescription: Sendable {
    /// One of its arguments.
    struct Argument: Sendable {
        var name: String
        var type: String
        var words: String
        var isRequired = false
    }

    var name: String
    var title: String
    var words: String
    var arguments: [Argument]

    /// Writes it as the protocol has it, with a schema of its arguments.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.plainString(name)
        json.key("title")
        json.string(title)
        json.key("description")
        json.string(words)
        json.key("inputSchema")
        json.beginObject()
        json.key("type")
        json.plainString("object")
        json.key("properties")
        json.beginObject()
        for argument in arguments {
            json.key(argument.name)
            json.beginObject()
            json.key("type")
            json.plainString(argument.type)
            if argument.type == "array" {
                json.key("items")
                json.beginObject()
                json.key("type")
                json.plainString("string")
                json.endObject()
            } else if argument.type == "object" {
                json.key("additionalProperties")
                json.bool(true)
            }
            json.key("description")
            json.string(argument.words)
            json.endObject()
        }
        json.endObject()
        json.key("required")
        json.beginArray()
        for argument in arguments where argument.isRequired { json.plainString(argument.name) }
        json.endArray()
        json.key("additionalProperties")
        json.bool(false)
        json.endObject()
        json.key("annotations")
        json.beginObject()
        json.key("readOnlyHint")
        json.bool(true)
        json.key("openWorldHint")
        json.bool(false)
        json.endObject()
        json.endObject()
    }
}

extension ToolDescription {
    private static let trace = Argument(name: "trace_id", type: "string", words: "The id of a trace.", isRequired: true)
    private static let service = Argument(name: "service_name", type: "string", words: "The exact name of a service.")

    private static func limit(_ standard: Int, _ most: Int) -> Argument {
        Argument(name: "limit", type: "integer", words: "How many at the most; \(standard) if missing, up to \(most).")
    }

    private static func time(_ name: String, _ words: String) -> Argument {
        Argument(name: name, type: "string", words: words + " RFC 3339, now, or before now: -1h, -7d.")
    }

    /// All tools, in the order in which they are best used.
    static let all: [ToolDescription] = [
        ToolDescription(
            name: "get_services",
            title: "Services",
            words: "Lists the services that have sent spans. Begin here: other tools need exact names.",
            arguments: [
                Argument(name: "pattern", type: "string", words: "A regular expression that occurs in the name."),
                limit(100, 1_000),
            ]
        ),
        ToolDescription(
            name: "get_span_names",
            title: "Operations of a service",
            words: "Lists the names of a service's spans with their kinds.",
            arguments: [
                Argument(name: "service_name", type: "string", words: "The service.", isRequired: true),
                Argument(name: "pattern", type: "string", words: "A regular expression that occurs in the name."),
                Argument(
                    name: "span_kind",
                    type: "string",
                    words: "server, client, producer, consumer or internal."
                ),
                limit(100, 1_000),
            ]
        ),
        ToolDescription(
            name: "search_traces",
            title: "Search traces",
            words: "Finds traces that have a span which satisfies all conditions, the newest first, as summaries. No "
                + "condition is required. Says whether there are more than it returned.",
            arguments: [
                time("start_time_min", "When the span began at the earliest; -1h if missing."),
                time("start_time_max", "When it began at the latest; now if missing."),
                service,
                Argument(name: "span_name", type: "string", words: "The exact name of the span."),
                Argument(name: "attributes", type: "object", words: "Attributes that the span or its resource has."),
                Argument(name: "with_errors", type: "boolean", words: "Only spans whose status is error."),
                Argument(name: "duration_min", type: "string", words: "The span's least duration: 500ms."),
                Argument(name: "duration_max", type: "string", words: "The span's greatest duration."),
                Argument(
                    name: "query",
                    type: "string",
                    words: "A query in TraceQL beside the other conditions: { span.http.status_code >= 500 }."
                ),
                Argument(name: "search_depth", type: "integer", words: "How many traces; 10 if missing, up to 100."),
            ]
        ),
        ToolDescription(
            name: "get_trace_topology",
            title: "Structure of a trace",
            words: "Lists the spans of a trace depth first, without attributes; path has the ids from the root on.",
            arguments: [
                trace,
                Argument(name: "depth", type: "integer", words: "How many levels; all if missing."),
                limit(500, 2_000),
            ]
        ),
        ToolDescription(
            name: "get_span_details",
            title: "Details of spans",
            words: "Everything that up to 20 spans of a trace say: attributes, events, links, resource.",
            arguments: [
                trace,
                Argument(name: "span_ids", type: "array", words: "The ids of up to 20 spans.", isRequired: true),
            ]
        ),
        ToolDescription(
            name: "get_trace_errors",
            title: "Errors of a trace",
            words:
                "The spans of a trace whose status is error, with everything that they say, the earliest first.",
            arguments: [trace, limit(20, 100)]
        ),
        ToolDescription(
            name: "get_critical_path",
            title: "Critical path of a trace",
            words: "The chain of work that decided how long the trace took: begin here when something is slow.",
            arguments: [trace]
        ),
        ToolDescription(
            name: "get_service_dependencies",
            title: "Calls between services",
            words: "Which service called which, how often, how many calls failed and how long they took.",
            arguments: [
                time("start_time", "From when on; -24h if missing."), time("end_time", "Until when; now if missing."),
                service,
            ]
        ),
        ToolDescription(
            name: "read_skill",
            title: "How to find things out",
            words: "Step by step instructions for common questions. Without a path it lists them.",
            arguments: [Argument(name: "path", type: "string", words: "Which: error-root-cause, for example.")]
        ),
    ]
}
