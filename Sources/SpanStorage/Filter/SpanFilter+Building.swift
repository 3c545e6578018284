import TraceModel

extension SpanFilter {
    /// No span.
    public static let nothing = SpanFilter.not(.everything)

    /// All of the conditions, without needless nesting.
    public static func all(_ filters: [SpanFilter]) -> SpanFilter {
        var parts: [SpanFilter] = []
        for filter in filters {
            switch filter {
            case .everything: continue
            case .nothing: return .nothing
            case .and(let inner): parts += inner
            default: parts.append(filter)
            }
        }
        return parts.isEmpty ? .everything : parts.count == 1 ? parts[0] : .and(parts)
    }

    /// Any of the conditions, without needless nesting.
    public static func any(_ filters: [SpanFilter]) -> SpanFilter {
        var parts: [SpanFilter] = []
        for filter in filters {
            switch filter {
            case .everything: return .everything
            case .nothing: continue
            case .or(let inner): parts += inner
            default: parts.append(filter)
            }
        }
        return parts.isEmpty ? .nothing : parts.count == 1 ? parts[0] : .or(parts)
    }

    /// The opposite of a condition, without needless nesting.
    public static func negation(_ filter: SpanFilter) -> SpanFilter {
        if case .not(let inner) = filter { return inner }
        return .not(filter)
    }

    /// The condition that a field's value satisfies a test, as the case of its own that stores answer fastest if it has
    /// one (`service`, `name`, `kind`, `status`, `durationAtLeast`, `durationAtMost`), otherwise as `.field`.
    public static func field(_ field: SpanField, _ test: FieldTest) -> SpanFilter {
        switch test {
        case .isOneOf(let values) where values.count == 1:
            return .field(field, .compare(.equal, values[0]))
        case .compare(let comparison, let value):
            // These fields always have a value, so that "unequal" is the opposite of "equal".
            if comparison == .equal || comparison == .notEqual, let equal = equality(field, value) {
                return comparison == .equal ? equal : .not(equal)
            }
            if field == .intrinsic(.duration), let known = durationBound(comparison, value) { return known }
            if field == .intrinsic(.nestedSetParent), let known = isRoot(comparison, value) {
                let hasParent = SpanFilter.field(FieldCondition(.intrinsic(.parentID), .exists))
                return known ? .not(hasParent) : hasParent
            }
        default: break
        }
        return .field(FieldCondition(field, test))
    }

    private static func equality(_ field: SpanField, _ value: FilterValue) -> SpanFilter? {
        switch (field, value) {
        case (.service, .string(let text)): .service(text)
        case (.intrinsic(.name), .string(let text)): .name(text)
        case (.intrinsic(.kind), .kind(let kind)): .kind(kind)
        case (.intrinsic(.status), .status(let status)): .status(status)
        default: nil
        }
    }

    /// Whether a comparison of `nestedSetParent`, -1 for roots alone, asks for just these or just the others.
    private static func isRoot(_ comparison: Comparison, _ value: FilterValue) -> Bool? {
        guard case .int(let number) = value else { return nil }
        switch (comparison, number) {
        case (.less, 0), (.lessOrEqual, -1), (.equal, -1): return true
        case (.greaterOrEqual, 0), (.greater, -1), (.notEqual, -1): return false
        default: return nil
        }
    }

    private static func durationBound(_ comparison: Comparison, _ value: FilterValue) -> SpanFilter? {
        let bound: Int64
        switch value {
        case .duration(let number), .int(let number): bound = number
        default: return nil
        }
        switch comparison {
        case .greaterOrEqual: return .durationAtLeast(bound)
        case .lessOrEqual: return .durationAtMost(bound)
        case .greater: return .not(.durationAtMost(bound))
        case .less: return .not(.durationAtLeast(bound))
        case .equal, .notEqual: return nil
        }
    }

    /// The condition in cases that every store knows, if there is such a form: `.field` is what stores may have to read
    /// whole spans for.
    public var lowered: SpanFilter {
        guard case .field(let condition) = self, condition.field == .intrinsic(.duration) else { return self }
        switch condition.test {
        case .exists: return .everything
        case .compare(.equal, .duration(let bound)), .compare(.equal, .int(let bound)):
            return .and([.durationAtLeast(bound), .durationAtMost(bound)])
        case .compare(.notEqual, .duration(let bound)), .compare(.notEqual, .int(let bound)):
            return .not(.and([.durationAtLeast(bound), .durationAtMost(bound)]))
        default: return self
        }
    }
}
