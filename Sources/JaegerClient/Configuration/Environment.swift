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
    private let lookUp: (String) -> String?
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

    /// `JAEGER_SAMPLER_TYPE` and `JAEGER_SAMPLER_PARAM`.
    mutating func sampler() -> SamplerConfiguration? {
        let parameter = value("JAEGER_SAMPLER_PARAM", "a number") { text -> Double? in
            // Jaeger's clients take words for the parameter of the const sampler too.
            switch text.lowercased() {
            case "true": 1
            case "false": 0
            default: Double(text)
            }
        }
        guard let type = text("JAEGER_SAMPLER_TYPE") else {
            return parameter.map { .probabilistic($0) }
        }
        switch type.lowercased() {
        case "const": return .const(parameter != 0)
        case "probabilistic": return .probabilistic(parameter ?? SamplerConfiguration.initialRate)
        case "ratelimiting": return .rateLimiting(tracesPerSecond: parameter ?? 2)
        case "remote":
            let rate = parameter ?? SamplerConfiguration.initialRate
            problems.append("JAEGER_SAMPLER_TYPE=remote: the server is not asked, the rate stays at \(rate)")
            return .probabilistic(rate)
        default:
            problems.append("JAEGER_SAMPLER_TYPE='\(type)' is not const, probabilistic or ratelimiting, and is ignored")
            return nil
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

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// `JAEGER_PROPAGATION`: names of formats with commas between.
    mutating func propagation() -> Propagation? {
        value("JAEGER_PROPAGATION", "a list of jaeger and w3c") { text in
            var formats: [Propagation.Format] = []
            for name in text.split(separator: ",") {
                guard let format = Propagation.Format(rawValue: Self.trimmed(name).lowercased()) else { return nil }
                formats.append(format)
            }
            return Propagation(formats)
        }
    }

    /// `JAEGER_REPORTER_FLUSH_INTERVAL`: milliseconds, or a number with `ms`, `s` or `m`.
    mutating func flushInterval() -> Duration? {
        value("JAEGER_REPORTER_FLUSH_INTERVAL", "a time such as 500ms or 1s") { text in
            let digits = text.prefix { $0.isNumber || $0 == "." }
            guard let number = Double(digits), number > 0, number < 1e9 else { return nil }
            switch text.dropFirst(digits.count) {
            case "", "ms": return .milliseconds(number)
            case "s": return .seconds(number)
            case "m": return .seconds(number * 60)
            default: return nil
            }
        }
    }
}

extension SamplerConfiguration {
    /// The share that Jaeger's clients record until a server tells them otherwise.
    static let initialRate = 0.001
}
