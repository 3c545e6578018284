import SpanStorage
import TraceModel

/// Makes random questions about the spans of `RandomTrace`, in the form that the parser would give them.
struct RandomQuery {
    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    mutating func expression(depth: Int = 3) -> SpansetExpression {
        switch depth == 0 ? 0 : random.below(8) {
        case 0, 1: return .filter(filter(depth: 2))
        case 2: return .all(of: [expression(depth: depth - 1), expression(depth: depth - 1)])
        case 3: return .any(of: [expression(depth: depth - 1), expression(depth: depth - 1)])
        case 4:
            let input = expression(depth: depth - 1)
            let stages = (0...random.below(3)).map { _ in stage() }
            if case .pipeline(let first, let before) = input { return .pipeline(first, before + stages) }
            return .pipeline(input, stages)
        default:
            let relation = Relation(random.pick(Relation.Kind.allCases), random.pick(Relation.Form.allCases))
            return .related(expression(depth: depth - 1), relation, expression(depth: depth - 1))
        }
    }

    private mutating func stage() -> PipelineStage {
        switch random.below(6) {
        case 0: return .filter(.filter(filter(depth: 1)))
        case 1: return .groupBy(random.pick([.service, .attribute(.any, "k"), .intrinsic(.name), .intrinsic(.status)]))
        case 2: return .coalesce
        case 3: return .select([.intrinsic(.name), .attribute(.span, "k")])
        default:
            let fields: [SpanField] = [.intrinsic(.duration), .attribute(.span, "k"), .attribute(.any, "n")]
            let field = random.pick(fields)
            let aggregate = random.pick(
                [Aggregate.count, .average(field), .least(field), .greatest(field), .sum(field)]
            )
            let value = random.pick([FilterValue.int(1), .int(2), .double(2.5), .duration(3)])
            return .aggregate(aggregate, random.pick(Comparison.allCases), value)
        }
    }

    mutating func filter(depth: Int) -> SpanFilter {
        switch depth == 0 ? 3 + random.below(9) : random.below(12) {
        case 0: return .all((0...random.below(3)).map { _ in filter(depth: depth - 1) })
        case 1: return .any((0...random.below(3)).map { _ in filter(depth: depth - 1) })
        case 2: return .negation(filter(depth: depth - 1))
        case 3:
            return random.pick([
                .everything, .service("s1"), .name("n1"), .kind(.server), .status(.error), .durationAtLeast(3),
                .durationAtMost(4), .tag(TagCondition(key: "k", text: "1")),
            ])
        case 4: return .field(intrinsicField(), .exists)
        case 5: return intrinsicTest()
        default: return .field(.attribute(random.pick(AttributeLevel.allCases), key()), attributeTest())
        }
    }

    private mutating func key() -> String { random.pick(["k", "k", "n", "odd key", "service.name"]) }

    private mutating func intrinsicField() -> SpanField { .intrinsic(random.pick(Intrinsic.allCases)) }

    private mutating func attributeTest() -> FieldTest {
        let strings = ["a", "ab", "b", "", "quo\"te\\", "line\nend", "é`"]
        let values: [FilterValue] = [
            .int(1), .int(-2), .double(1), .double(1.5), .bool(true), .bool(false), .duration(2),
            .string(random.pick(strings)),
        ]
        switch random.below(6) {
        case 0: return .exists
        case 1: return pattern(isNegated: false)
        case 2: return pattern(isNegated: true)
        case 3: return .isOneOf([random.pick(values), random.pick(values)])
        default:
            let value = random.pick(values)
            if case .bool = value { return .compare(random.pick([.equal, .notEqual]), value) }
            return .compare(random.pick(Comparison.allCases), value)
        }
    }

    private mutating func pattern(isNegated: Bool) -> FieldTest {
        let text = random.pick(["a.*", ".*b", "[^a]*", "(?i)A|b", "", "n\\d", "s[12]", "\\w\\\\"])
        guard let pattern = try? RegexPattern(text) else { return .exists }
        return isNegated ? .matchesNot(pattern) : .matches(pattern)
    }

    private mutating func intrinsicTest() -> SpanFilter {
        let field = intrinsicField()
        guard case .intrinsic(let intrinsic) = field else { return .everything }
        let equality: Comparison = random.pick([.equal, .notEqual])
        switch intrinsic {
        case .duration, .traceDuration, .eventTimeSinceStart:
            let value = random.pick([FilterValue.duration(3), .int(4), .double(3.5)])
            return .field(field, .compare(random.pick(Comparison.allCases), value))
        case .traceSpanCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent, .childCount:
            let number = FilterValue.int(random.pick([-1, 0, 1, 2, 6]))
            return .field(field, .compare(random.pick(Comparison.allCases), number))
        case .status: return .field(field, .compare(equality, .status(random.pick(StatusCode.allCases))))
        case .kind: return .field(field, .isOneOf([.kind(.client), .kind(.server)]))
        case .spanID, .parentID, .traceID, .linkSpanID, .linkTraceID:
            return random.once(in: 2)
                ? .field(field, .compare(equality, .string("000000000000000\(random.below(9))")))
                : .field(field, pattern(isNegated: random.once(in: 2)))
        default:
            return random.once(in: 2)
                ? .field(field, pattern(isNegated: random.once(in: 2)))
                : .field(field, .compare(random.pick(Comparison.allCases), .string(random.pick(["n1", "s1", "a"]))))
        }
    }
}
