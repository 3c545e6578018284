import SpanStorage
import TraceModel

/// What of a page's spans is wanted: a filter needs little of it.
struct PageProjection {
    /// The attributes' keys that matter, as refs of the dictionary; nil for all.
    var keys: Set<StringRef>?
    /// Whether events matter.
    var events = true
    /// Whether ids of parents, links, messages and the like matter.
    var details = true

    /// Everything.
    static let whole = PageProjection(keys: nil)

    /// What a filter looks at.
    static func needed(by filter: SpanFilter, meta: BlockMeta) -> PageProjection {
        var projection = PageProjection(keys: [], events: false, details: false)
        projection.add(filter, meta: meta)
        return projection
    }

    private mutating func add(_ filter: SpanFilter, meta: BlockMeta) {
        switch filter {
        case .everything, .service, .name, .kind, .status, .durationAtLeast, .durationAtMost: break
        case .and(let filters), .or(let filters):
            for filter in filters { add(filter, meta: meta) }
        case .not(let filter): add(filter, meta: meta)
        case .tag(let condition):
            let keyBytes = Array(condition.key.utf8)
            guard let key = meta.strings.firstRef(of: keyBytes.span.bytes) else {
                // The name of an event is no attribute and may be asked for without any having the key `event`.
                if condition.key == "event" { events = true }
                return
            }
            keys?.insert(key)
            if meta.eventStrings.contains(key) || condition.key == "event" { events = true }
        }
    }
}
