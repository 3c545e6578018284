import SpanStorage
import TraceModel

/// The arguments of a tool's call, and what is wrong with them in words for the model that made them.
struct ToolArguments {
    private let fields: [String: JSONDocument]

    init(_ document: JSONDocument?) {
        if case .object(let fields)? = document { self.fields = fields } else { fields = [:] }
    }

    /// Throws if there is an argument that the tool does not have: a misspelled one would change nothing, unseen.
    func check(_ names: [String]) throws(ToolError) {
        for name in fields.keys.sorted() where !names.contains(name) {
            throw ToolError("there is no argument '\(name)'; there are \(names.joined(separator: ", "))")
        }
    }

    func string(_ name: String) throws(ToolError) -> String? {
        switch fields[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text.isEmpty ? nil : text
        default: throw ToolError("argument '\(name)': expected a text")
        }
    }

    func required(_ name: String) throws(ToolError) -> String {
        guard let text = try string(name) else { throw ToolError("argument '\(name)' is missing") }
        return text
    }

    func bool(_ name: String) throws(ToolError) -> Bool {
        switch fields[name] {
        case nil, .null?: return false
        case .bool(let flag)?: return flag
        default: throw ToolError("argument '\(name)': expected true or false")
        }
    }

    /// A number from 1 to the greatest allowed; a greater one is refused rather than cut.
    func limit(_ name: String, default standard: Int, max most: Int) throws(ToolError) -> Int {
        switch fields[name] {
        case nil, .null?: return standard
        case .int(let number)? where (1...Int64(most)).contains(number): return Int(number)
        default: throw ToolError("argument '\(name)': expected a whole number from 1 to \(most)")
        }
    }

    func strings(_ name: String) throws(ToolError) -> [String] {
        switch fields[name] {
        case nil, .null?: return []
        case .string(let text)?: return [text]
        case .list(let items)?:
            let texts = items.compactMap(\.string)
            if texts.count == items.count { return texts }
        default: break
        }
        throw ToolError("argument '\(name)': expected a list of texts")
    }

    /// Keys and values; values that are no texts count as their text.
    func map(_ name: String) throws(ToolError) -> [(key: String, value: String)] {
        guard case .object(let entries)? = fields[name] else {
            if fields[name] == nil || fields[name] == .null { return [] }
            throw ToolError("argument '\(name)': expected an object of keys and values")
        }
        return entries.sorted { $0.key < $1.key }.map { key, value in
            switch value {
            case .string(let text): (key, text)
            case .int(let number): (key, String(number))
            case .double(let number): (key, decimalText(number))
            case .bool(let flag): (key, flag ? "true" : "false")
            case .null, .list, .object: (key, "")
            }
        }
    }

    /// A moment: RFC 3339, `now`, or so long before now (`-1h`, `-7d`), in nanoseconds since 1970.
    func time(_ name: String, default standard: String, now: UInt64) throws(ToolError) -> UInt64 {
        let text = try string(name) ?? standard
        if text == "now" { return now }
        if text.hasPrefix("-") {
            let length = text.dropFirst()
            var back = (try? GoText.duration(String(length))).map { UInt64(max(0, $0)) }
            if length.hasSuffix("d"), let days = UInt64(length.dropLast()), days < 100_000 {
                back = days * 86_400_000_000_000
            }
            if let back { return now > back ? now - back : 0 }
        } else if let time = parseTime(text) {
            return time
        }
        throw ToolError("argument '\(name)': '\(text)' is no time: write now, -1h, -7d or 2026-11-24T10:00:00Z")
    }

    func duration(_ name: String) throws(ToolError) -> Int64? {
        guard let text = try string(name) else { return nil }
        guard let duration = try? GoText.duration(text), duration >= 0 else {
            throw ToolError(
                "argument '\(name)': '\(text)' is no duration: write numbers with units, such as 1.5ms or 2m30s"
            )
        }
        return duration
    }

    func traceID(_ name: String = "trace_id") throws(ToolError) -> TraceID {
        let text = try required(name)
        do { return try parseTraceID(text) } catch {
            throw ToolError("argument '\(name)': '\(text)' is no id of a trace: expected up to 32 hexadecimal digits")
        }
    }

    /// A regular expression that occurs anywhere in a text.
    func pattern(_ name: String) throws(ToolError) -> RegexPattern? {
        guard let text = try string(name) else { return nil }
        do { return try RegexPattern(".*(?:\(text)).*") } catch {
            throw ToolError("argument '\(name)': '\(text)' is no regular expression: \(error)")
        }
    }
}

/// Why a tool has no result, in words for the model that called it.
struct ToolError: Error {
    var message: String

    init(_ message: String) { self.message = message }

    init(_ error: SpanStoreError) { message = error.description }
}
