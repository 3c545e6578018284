import OpenTracing

/// Writes and reads the contexts of ``MockTracer``.
public protocol MockPropagator: Sendable {
    /// The context as keys and values.
    func render(_ context: MockSpanContext) -> [String: String]

    /// The context that keys and values stand for, or nil when they stand for none.
    ///
    /// - Throws: When there is a context that can't be read.
    func parse(_ pairs: [String: String]) throws(PropagationError) -> MockSpanContext?
}

/// The keys of OpenTracing's mock tracers in other languages: `ot-tracer-traceid`, `ot-tracer-spanid`, `ot-baggage-…`.
public struct MockTextPropagator: MockPropagator {
    private static let traceKey = "ot-tracer-traceid"
    private static let spanKey = "ot-tracer-spanid"
    private static let baggagePrefix = "ot-baggage-"

    private let format: TextFormat

    /// Makes a propagator; in HTTP headers keys are read in either case.
    public init(_ format: TextFormat = .textMap) { self.format = format }

    /// The context as keys and values.
    public func render(_ context: MockSpanContext) -> [String: String] {
        var pairs = [Self.traceKey: context.traceIdentifier, Self.spanKey: context.spanIdentifier]
        for (key, value) in context.baggage { pairs[Self.baggagePrefix + key] = value }
        return pairs
    }

    /// The context that keys and values stand for, or nil when they stand for none.
    ///
    /// - Throws: When one of the two identifiers is missing, or is not a hexadecimal number.
    public func parse(_ pairs: [String: String]) throws(PropagationError) -> MockSpanContext? {
        var context = MockSpanContext(traceID: 0, spanID: 0)
        var found: Set<String> = []
        for (original, value) in pairs {
            let key = format == .httpHeaders ? original.lowercased() : original
            if key.hasPrefix(Self.baggagePrefix) {
                context.baggage[String(key.dropFirst(Self.baggagePrefix.count))] = value
            } else if key == Self.traceKey || key == Self.spanKey {
                guard let number = UInt64(value, radix: 16), number > 0 else {
                    throw PropagationError(key: key, reason: "'\(value)' is not a hexadecimal number above 0")
                }
                if key == Self.traceKey { context.traceID = number } else { context.spanID = number }
                found.insert(key)
            }
        }
        if found.count == 1 {
            let missing = found.contains(Self.traceKey) ? Self.spanKey : Self.traceKey
            throw PropagationError(key: missing, reason: "it is missing")
        }
        return found.isEmpty && context.baggage.isEmpty ? nil : context
    }
}

/// A context as bytes: the same keys and values in lines of `key=value`.
enum MockBinaryContext {
    private static let propagator = MockTextPropagator()

    static func render(_ context: MockSpanContext) -> [UInt8] {
        let pairs = propagator.render(context).sorted { $0.key < $1.key }
        return pairs.flatMap { Array("\(escaped($0.key))=\(escaped($0.value))\n".utf8) }
    }

    static func parse(_ bytes: [UInt8]) throws(PropagationError) -> MockSpanContext {
        var pairs: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw PropagationError(reason: "the line '\(line)' is not key=value") }
            pairs[unescaped(parts[0])] = unescaped(parts[1])
        }
        guard let context = try propagator.parse(pairs), context.traceID != 0 else {
            throw PropagationError(reason: "no span is named")
        }
        return context
    }

    private static let escapes: [(Character, String)] = [("%", "%25"), ("\n", "%0A"), ("=", "%3D")]

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            result += escapes.first { $0.0 == character }?.1 ?? String(character)
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let character = rest.first {
            if let escape = escapes.first(where: { rest.hasPrefix($0.1) }) {
                result.append(escape.0)
                rest = rest.dropFirst(escape.1.count)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
