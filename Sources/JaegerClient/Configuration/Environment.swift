import OpenTracing

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The variables with which Jaeger's clients in all languages are configured.
struct Environment {
    /// The value of a variable, or nil.
    let lookUp: (String) -> String?
    /// What is wrong with the values that could not be used, each in a sentence.
    private(set) var problems: [String] = []

    init(_ lookUp: @escaping (String) -> String?) { self.lookUp = lookUp }

    /// The variables of this process.
    static func process(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The value of a variable that is set and not empty.
    func text(_ name: String) -> String? {
        guard let value = lookUp(name), !value.isEmpty else { return nil }
        return value
    }

    /// A variable's value as `read` understands it; one that it does not is a problem, and counts as not set.
    mutating func value<Value>(_ name: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text(name) else { return nil }
        if let value = read(text) { return value }
        problems.append("\(name)='\(text)' is not \(expected), and is ignored")
        return nil
    }

    mutating func flag(_ name: String) -> Bool? {
        value(name, "true or false") { text in
            switch text.lowercased() {
            case "true", "1", "yes", "on": true
            case "false", "0", "no", "off": false
            default: nil
            }
        }
    }

    /// `JAEGER_TAGS`: `key1=value1,key2=${VARIABLE:default}`.
    mutating func tags() -> TagList {
        guard let list = text("JAEGER_TAGS") else { return [:] }
        var tags: TagList = [:]
        for item in list.split(separator: ",") {
            guard let equals = item.firstIndex(of: "="), equals > item.startIndex else {
                problems.append("JAEGER_TAGS has '\(item)', which is not key=value, and is ignored")
                continue
            }
            let key = Self.trimmed(item[..<equals])
            tags[key] = .string(substituted(Self.trimmed(item[item.index(after: equals)...])))
        }
        return tags
    }

    private func substituted(_ value: String) -> String {
        guard value.hasPrefix("${"), value.hasSuffix("}") else { return value }
        let parts = value.dropFirst(2).dropLast().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first else { return "" }
        return text(String(name)) ?? (parts.count > 1 ? String(parts[1]) : "")
    }

    /// `JAEGER_PROPAGATION`: names of formats with commas between.
    mutating func propagation() -> Propagation? {
        value("JAEGER_PROPAGATION", "a list of jaeger, w3c, b3 and b3single") { text in
            var formats: [Propagation.Format] = []
            for name in text.split(separator: ",") {
                let name = Self.trimmed(name).lowercased()
                // OpenTelemetry's names for the same.
                let known = ["tracecontext": "w3c", "b3multi": "b3", "zipkin": "b3"][name] ?? name
                guard let format = Propagation.Format(rawValue: known) else { return nil }
                formats.append(format)
            }
            return formats.isEmpty ? nil : Propagation(formats)
        }
    }

    /// A time: a number with `ms`, `s`, `m` or `h`, or milliseconds as the Java and Node clients have them.
    mutating func duration(_ name: String) -> Duration? {
        value(name, "a time such as 500ms or 1s") { text in
            let digits = text.prefix { $0.isNumber || $0 == "." }
            guard let number = Double(digits), number > 0, number < 1e9 else { return nil }
            switch text.dropFirst(digits.count) {
            case "", "ms": return .milliseconds(number)
            case "s": return .seconds(number)
            case "m": return .seconds(number * 60)
            case "h": return .seconds(number * 3600)
            default: return nil
            }
        }
    }

    /// A number above 0.
    mutating func count(_ name: String, _ expected: String) -> Int? {
        value(name, expected) { Int($0).flatMap { $0 > 0 ? $0 : nil } }
    }

    mutating func problem(_ text: String) { problems.append(text) }

    static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
