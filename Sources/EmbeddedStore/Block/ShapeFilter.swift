import SpanStorage
import TraceModel

/// Decides a filter on the shapes of a block: which of them a matching span can have.
struct ShapeFilter {
    /// What a shape tells of its spans.
    enum Answer {
        case none
        case some
        case all
    }

    private let meta: BlockMeta

    /// A bit per shape: whether a span of this shape can satisfy the filter.
    static func possible(_ filter: SpanFilter, meta: BlockMeta) -> [UInt8] {
        let shapes = ShapeFilter(meta: meta)
        let prepared = shapes.prepare(filter)
        var bits = [UInt8](repeating: 0, count: (meta.shapes.count + 7) / 8)
        for (number, shape) in meta.shapes.enumerated() where prepared.answer(shape) != .none {
            bits[number / 8] |= 1 << UInt8(number % 8)
        }
        return bits
    }

    private indirect enum Prepared {
        case constant(Answer)
        case and([Prepared])
        case or([Prepared])
        case not(Prepared)
        case service(StringRef)
        case name(StringRef)
        case kind(SpanKind)
        case status(StatusCode)
        /// A key that spans may have: the columns of that key, and what makes a match possible without it.
        case tag(columns: Set<UInt32>, services: Set<StringRef>, scopes: Set<UInt32>, kind: SpanKind?, status: Bool)

        func answer(_ shape: BlockMeta.Shape) -> Answer {
            switch self {
            case .constant(let answer): return answer
            case .and(let parts):
                var all = true
                for part in parts {
                    let answer = part.answer(shape)
                    if answer == .none { return .none }
                    all = all && answer == .all
                }
                return all ? .all : .some
            case .or(let parts):
                var none = true
                for part in parts {
                    let answer = part.answer(shape)
                    if answer == .all { return .all }
                    none = none && answer == .none
                }
                return none ? .none : .some
            case .not(let part):
                switch part.answer(shape) {
                case .none: return .all
                case .some: return .some
                case .all: return .none
                }
            case .service(let ref): return shape.service == ref ? .all : .none
            case .name(let ref): return shape.name == ref ? .all : .none
            case .kind(let kind): return shape.kind == kind ? .all : .none
            case .status(let status): return shape.status == status ? .all : .none
            case .tag(let columns, let services, let scopes, let kind, let status):
                let isPossible =
                    services.contains(shape.service) || scopes.contains(shape.scope) || kind == shape.kind || status
                    || shape.columns.contains { columns.contains($0) }
                return isPossible ? .some : .none
            }
        }
    }

    private func prepare(_ filter: SpanFilter) -> Prepared {
        switch filter {
        case .everything: return .constant(.all)
        case .and(let filters): return .and(filters.map(prepare))
        case .or(let filters): return .or(filters.map(prepare))
        case .not(let filter): return .not(prepare(filter))
        case .service(let name): return ref(name).map { .service($0) } ?? .constant(.none)
        case .name(let name): return ref(name).map { .name($0) } ?? .constant(.none)
        case .kind(let kind): return .kind(kind)
        case .status(let status): return .status(status)
        case .durationAtLeast, .durationAtMost: return .constant(.some)
        case .tag(let condition): return prepare(condition)
        }
    }

    private func prepare(_ condition: TagCondition) -> Prepared {
        let key = ref(condition.key)
        let isInEvents = key.map(meta.eventStrings.contains) ?? false
        let isEventName = condition.key == "event" && (ref(condition.text).map(meta.eventStrings.contains) ?? false)
        if isInEvents || isEventName { return .constant(.some) }
        let inResource = condition.key.hasPrefix("resource.") ? ref(String(condition.key.dropFirst(9))) : nil
        let text = ref(condition.text)
        var columns: Set<UInt32> = []
        for (number, column) in meta.columns.enumerated() where column.key == key {
            // A string that is not in the dictionary can only be in a raw column.
            if column.type == .string, !column.isRaw, text == nil { continue }
            columns.insert(UInt32(number))
        }
        var services: Set<StringRef> = []
        for resource in meta.resources {
            if resource.attributes.contains(where: { $0.key == key || $0.key == inResource }) {
                services.insert(resource.service)
            }
        }
        let asksScope = condition.key.hasSuffix("scope.name") || condition.key.hasSuffix("scope.version")
        var scopes: Set<UInt32> = []
        for (number, scope) in meta.scopes.enumerated()
        where asksScope || scope.attributes.contains(where: { $0.key == key }) { scopes.insert(UInt32(number)) }
        let kind = condition.key == "span.kind" ? SpanKind(tagValue: condition.text) : nil
        let status = ["error", "span.status", "otel.status_code"].contains(condition.key)
        return .tag(columns: columns, services: services, scopes: scopes, kind: kind, status: status)
    }

    private func ref(_ text: String) -> StringRef? {
        let bytes = Array(text.utf8)
        return meta.strings.firstRef(of: bytes.span.bytes)
    }
}
