import SpanStorage

/// The file of tail sampling's policies, as it is written: JSON, see docs/sampling.md.
public struct TailPoliciesFile: Decodable, Sendable {
    /// One policy. Which of its fields it must have, and which it may, depends on its type.
    public struct Entry: Decodable, Sendable {
        var name: String?
        var type: String
        var atLeast: String?
        var atMost: String?
        var query: String?
        var key: String?
        var values: [String]?
        var probability: Double?
        var spansPerSecond: Double?
        var share: Double?
        var policies: [Entry]?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, type, query, key, values, probability, share, policies
            case atLeast = "at_least"
            case atMost = "at_most"
            case spansPerSecond = "spans_per_second"
        }

        public init(from decoder: any Decoder) throws {
            try refuseUnknownKeys(in: decoder, CodingKeys.allCases.map(\.rawValue))
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            name = try fields.decodeIfPresent(String.self, forKey: .name)
            type = try fields.decode(String.self, forKey: .type)
            atLeast = try fields.decodeIfPresent(String.self, forKey: .atLeast)
            atMost = try fields.decodeIfPresent(String.self, forKey: .atMost)
            query = try fields.decodeIfPresent(String.self, forKey: .query)
            key = try fields.decodeIfPresent(String.self, forKey: .key)
            values = try fields.decodeIfPresent([String].self, forKey: .values)
            probability = try fields.decodeIfPresent(Double.self, forKey: .probability)
            spansPerSecond = try fields.decodeIfPresent(Double.self, forKey: .spansPerSecond)
            share = try fields.decodeIfPresent(Double.self, forKey: .share)
            policies = try fields.decodeIfPresent([Entry].self, forKey: .policies)
        }

        /// The fields that are there, by their names in the file.
        fileprivate var present: Set<String> {
            let all: [(String, Bool)] = [
                ("at_least", atLeast != nil), ("at_most", atMost != nil), ("query", query != nil), ("key", key != nil),
                ("values", values != nil), ("probability", probability != nil),
                ("spans_per_second", spansPerSecond != nil), ("share", share != nil), ("policies", policies != nil),
            ]
            return Set(all.filter(\.1).map(\.0))
        }
    }

    var decisionWait: String?
    var removalInterval: String?
    var waitingTracesMax: Int?
    var policies: [Entry]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case decisionWait = "decision_wait"
        case removalInterval = "removal_interval"
        case waitingTracesMax = "max_waiting_traces"
        case policies
    }

    public init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(in: decoder, CodingKeys.allCases.map(\.rawValue))
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        decisionWait = try fields.decodeIfPresent(String.self, forKey: .decisionWait)
        removalInterval = try fields.decodeIfPresent(String.self, forKey: .removalInterval)
        waitingTracesMax = try fields.decodeIfPresent(Int.self, forKey: .waitingTracesMax)
        policies = try fields.decode([Entry].self, forKey: .policies)
    }
}

/// Why a file of policies cannot be used, and where.
public struct TailPolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path of the field, such as `policies[2].probability`.
    public var path: String
    /// What is wrong there.
    public var message: String

    init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    public var description: String { "\(path): \(message)" }
}

/// A key of any name.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

/// A misspelt field must not be taken for one that is not there.
private func refuseUnknownKeys(in decoder: any Decoder, _ known: [String]) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
        throw DecodingError.dataCorrupted(
            DecodingError.Context(
                codingPath: decoder.codingPath + [key],
                debugDescription: "there is no such field; expected one of \(known.sorted().joined(separator: ", "))"
            )
        )
    }
}

extension TailOptions {
    /// The options of a file; the error says which of its fields cannot be used, and why.
    public init(_ file: TailPoliciesFile) throws(TailPolicyError) {
        self.init()
        if let text = file.decisionWait {
            decisionWait = try nanoseconds(text, "decision_wait", in: 1_000_000...3_600_000_000_000)
        }
        if let text = file.removalInterval {
            removalInterval = try nanoseconds(text, "removal_interval", in: 100_000_000...3_600_000_000_000)
        }
        if let traces = file.waitingTracesMax {
            guard (1...10_000_000).contains(traces) else {
                throw TailPolicyError("max_waiting_traces", "\(traces) is not between 1 and 10000000")
            }
            waitingTracesMax = traces
        }
        if file.policies.isEmpty {
            throw TailPolicyError("policies", "there are none, and so nothing would be kept; expected at least one")
        }
        for (index, entry) in file.policies.enumerated() {
            if entry.share != nil {
                throw TailPolicyError("policies[\(index)].share", "only parts of a composite policy have a share")
            }
            policies.append(try TailPolicy(entry, at: "policies[\(index)]", depth: 1))
        }
        var names: Set<String> = []
        for (index, policy) in policies.enumerated() where !names.insert(policy.name).inserted {
            throw TailPolicyError("policies[\(index)].name", "\"\(policy.name)\" is there before; names must differ")
        }
        if filters.count > Self.filtersMax {
            throw TailPolicyError(
                "policies",
                "they have \(filters.count) different conditions on spans; \(Self.filtersMax) is the most"
            )
        }
    }
}

/// A duration of a file, within bounds.
private func nanoseconds(
    _ text: String,
    _ path: String,
    in range: ClosedRange<UInt64>
) throws(TailPolicyError) -> UInt64 {
    guard let duration = durationNanoseconds(text) else {
        throw TailPolicyError(path, "\"\(text)\" is not a duration; expected for example 500ms, 10s or 1m30s")
    }
    guard range.contains(UInt64(duration)) else {
        let bounds = [range.lowerBound, range.upperBound].map { durationText(Int64(clamping: $0)) }
        throw TailPolicyError(path, "\(text) is not between \(bounds[0]) and \(bounds[1])")
    }
    return UInt64(duration)
}

extension TailPolicy {
    /// How deep policies may stand in policies.
    private static let depthMax = 4

    fileprivate init(_ entry: TailPoliciesFile.Entry, at path: String, depth: Int) throws(TailPolicyError) {
        if depth > Self.depthMax {
            throw TailPolicyError(path, "policies nest deeper than \(Self.depthMax)")
        }
        let name = entry.name ?? entry.type
        if name.isEmpty || name.utf8.count > 100 {
            throw TailPolicyError("\(path).name", "expected a name of up to 100 bytes")
        }
        self.init(name, try TailRule(entry, at: path, depth: depth))
    }
}

extension TailRule {
    fileprivate init(_ entry: TailPoliciesFile.Entry, at path: String, depth: Int) throws(TailPolicyError) {
        guard let allowed = Self.fields[entry.type] else {
            let types = Self.fields.keys.sorted().joined(separator: ", ")
            throw TailPolicyError("\(path).type", "there is no policy \"\(entry.type)\"; expected one of \(types)")
        }
        if let field = entry.present.subtracting(allowed).subtracting(["share"]).min() {
            let words = allowed.isEmpty ? "it has no fields but its name" : "it has \(allowed.joined(separator: ", "))"
            throw TailPolicyError("\(path).\(field)", "a policy \"\(entry.type)\" has no such field; \(words)")
        }
        switch entry.type {
        case "always": self = .always
        case "error": self = .error
        case "latency": self = .latency(try Self.latency(entry, path))
        case "attribute": self = .span(try Self.filter(entry, path))
        case "probability":
            guard let probability = entry.probability, (0...1).contains(probability) else {
                throw TailPolicyError("\(path).probability", "expected a number from 0 to 1\(was(entry.probability))")
            }
            self = .probability(probability)
        case "rate": self = .rate(spansPerSecond: try Self.rate(entry, path))
        case "and":
            var rules: [TailRule] = []
            for (part, partPath) in try Self.parts(entry, path) {
                if part.share != nil {
                    throw TailPolicyError("\(partPath).share", "only parts of a composite policy have a share")
                }
                rules.append(try TailPolicy(part, at: partPath, depth: depth + 1).rule)
            }
            self = .all(rules)
        default: self = try Self.composite(entry, path, depth: depth)
        }
    }

    /// The fields of each type, besides its name.
    private static let fields: [String: [String]] = [
        "always": [], "error": [], "latency": ["at_least", "at_most"], "attribute": ["query", "key", "values"],
        "probability": ["probability"], "rate": ["spans_per_second"], "and": ["policies"],
        "composite": ["spans_per_second", "policies"],
    ]

    private static func latency(
        _ entry: TailPoliciesFile.Entry,
        _ path: String
    ) throws(TailPolicyError) -> ClosedRange<UInt64> {
        let all = 0...UInt64(Int64.max)
        if entry.atLeast == nil, entry.atMost == nil {
            throw TailPolicyError("\(path).at_least", "is missing; expected a duration such as 500ms, or at_most")
        }
        let least = try entry.atLeast.map { text throws(TailPolicyError) in
            try nanoseconds(text, "\(path).at_least", in: all)
        }
        let most = try entry.atMost.map { text throws(TailPolicyError) in
            try nanoseconds(text, "\(path).at_most", in: all)
        }
        guard least ?? 0 <= most ?? .max else {
            throw TailPolicyError("\(path).at_most", "is less than at_least")
        }
        return (least ?? 0)...(most ?? .max)
    }

    private static func filter(_ entry: TailPoliciesFile.Entry, _ path: String) throws(TailPolicyError) -> SpanFilter {
        if let query = entry.query {
            if entry.key != nil || entry.values != nil {
                throw TailPolicyError("\(path).query", "expected either a query, or a key with values")
            }
            let expression: SpansetExpression
            do throws(TraceQLError) {
                expression = try SpansetExpression(traceQL: query)
            } catch {
                throw TailPolicyError("\(path).query", error.description)
            }
            guard let filter = expression.spanFilter else {
                let words = "a policy asks single spans: expected conditions in braces, without relations and stages, "
                throw TailPolicyError("\(path).query", words + "on nothing that takes the whole trace to know")
            }
            return filter
        }
        guard let key = entry.key, !key.isEmpty, let values = entry.values, !values.isEmpty else {
            throw TailPolicyError("\(path).query", "is missing; expected a query, or a key with values")
        }
        return .any(values.map { .tag(TagCondition(key: key, text: $0)) })
    }

    private static func rate(_ entry: TailPoliciesFile.Entry, _ path: String) throws(TailPolicyError) -> Double {
        guard let rate = entry.spansPerSecond, rate > 0, rate < 1e9 else {
            throw TailPolicyError("\(path).spans_per_second", "expected a number above 0\(was(entry.spansPerSecond))")
        }
        return rate
    }

    private static func parts(
        _ entry: TailPoliciesFile.Entry,
        _ path: String
    ) throws(TailPolicyError) -> [(TailPoliciesFile.Entry, String)] {
        guard let parts = entry.policies, !parts.isEmpty else {
            throw TailPolicyError("\(path).policies", "expected one policy or more")
        }
        return parts.enumerated().map { ($1, "\(path).policies[\($0)]") }
    }

    private static func composite(
        _ entry: TailPoliciesFile.Entry,
        _ path: String,
        depth: Int
    ) throws(TailPolicyError) -> TailRule {
        let rate = try rate(entry, path)
        var shares: [TailShare] = []
        for (part, partPath) in try parts(entry, path) {
            guard let share = part.share, share > 0, share <= 1 else {
                throw TailPolicyError("\(partPath).share", "expected a share above 0 and up to 1\(was(part.share))")
            }
            shares.append(TailShare(try TailPolicy(part, at: partPath, depth: depth + 1), share: share))
        }
        let sum = shares.reduce(0) { $0 + $1.share }
        guard sum <= 1.000_001 else {
            throw TailPolicyError("\(path).policies", "their shares are \(sum) together; 1 is the most")
        }
        return .composite(spansPerSecond: rate, parts: shares)
    }
}

private func was(_ number: Double?) -> String { number.map { ", not \($0)" } ?? "; it is missing" }
