import TraceModel

/// What a `TagCondition` asks for beyond attributes, in Jaeger's terms: the same for every store.
public struct SpecialTag: Sendable {
    /// Spans of this kind satisfy it.
    public let kind: SpanKind?
    /// Spans of these statuses satisfy it.
    public let statuses: [StatusCode]
    /// A scope of the name that is the condition's text satisfies it.
    public let asksScopeName: Bool
    /// A scope of the version that is the condition's text satisfies it.
    public let asksScopeVersion: Bool

    /// Reads a condition.
    public init(_ condition: TagCondition) {
        kind = condition.key == "span.kind" ? SpanKind(tagValue: condition.text) : nil
        statuses = Self.statuses(condition)
        asksScopeName = condition.key == "scope.name" || condition.key == "otel.scope.name"
        asksScopeVersion = condition.key == "scope.version" || condition.key == "otel.scope.version"
    }

    /// The key behind `resource.`, which asks for the resource's attributes.
    ///
    /// `resource.x` may be somebody's own attribute as well: both readings hold.
    public static func resourceKey(_ condition: TagCondition) -> String? {
        condition.key.hasPrefix("resource.") ? String(condition.key.dropFirst("resource.".count)) : nil
    }

    private static func statuses(_ condition: TagCondition) -> [StatusCode] {
        switch (condition.key, condition.text) {
        case ("error", "true"): return [.error]
        case ("span.status", _), ("otel.status_code", _):
            switch condition.text.uppercased() {
            case "ERROR": return [.error]
            case "OK": return [.ok]
            case "UNSET": return condition.key == "span.status" ? [.unset] : []
            default: return []
            }
        default: return []
        }
    }
}
