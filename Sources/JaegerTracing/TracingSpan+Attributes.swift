#if Tracing
import JaegerClient
import OpenTracing
import Synchronization
import Tracing

extension TracingSpan {
    /// The span's tags.
    ///
    /// Setting one adds it or gives it another value. Setting one to nil does nothing: what was said of a span is not
    /// taken back.
    public var attributes: SpanAttributes {
        get {
            var attributes = SpanAttributes([:])
            guard isRecording else { return attributes }
            for tag in jaegerSpan.tags { attributes[tag.key] = SpanAttribute(tag.value) }
            return attributes
        }
        nonmutating set { pending.put(newValue) }
        // In place, without what was set before: one step into a dictionary, which is all that this API leaves to us.
        // Two local values and no branch: a coroutine with more of them allocates each time.
        nonmutating _modify {
            let pending = pending
            var attributes = pending.take()
            yield &attributes
            pending.put(attributes)
        }
    }

    private var pending: PendingAttributes {
        guard isRecording else { return .ignored }
        // There are no others.
        return jaegerSpan.pendingTags { PendingAttributes() } as? PendingAttributes ?? .ignored
    }
}

/// The attributes of a span that are not among its tags yet.
private final class PendingAttributes: PendingTags {
    /// What most spans find enough; a dictionary that grows costs more than all that is put into it.
    private static let capacity = 12

    /// Stands for all spans that are not recorded.
    static let ignored = PendingAttributes()

    private let attributes = Mutex(SpanAttributes(Dictionary(minimumCapacity: capacity)))

    func take() -> SpanAttributes {
        attributes.withLock { attributes in
            let taken = attributes
            attributes = SpanAttributes([:])
            return taken
        }
    }

    /// Puts attributes back, beside those that somebody else has put there meanwhile.
    func put(_ newer: SpanAttributes) {
        guard self !== Self.ignored else { return }
        attributes.withLock { attributes in
            if attributes.isEmpty { attributes = newer } else { attributes.merge(newer) }
        }
    }

    func takeAll(_ body: (String, TagValue) -> Void) {
        let taken = attributes.withLock { attributes in
            defer { attributes = SpanAttributes([:]) }
            return attributes
        }
        taken.forEach { body($0, $1.tagValue) }
    }
}

extension SpanAttributes {
    /// The attributes as tags.
    var tags: TagList {
        var tags: TagList = [:]
        forEach { tags.append(Tag($0, $1.tagValue)) }
        return tags
    }
}

extension SpanAttribute {
    /// The attribute as the value of a tag.
    var tagValue: TagValue {
        switch self {
        case .int32(let value): .int(Int64(value))
        case .int64(let value): .int(value)
        case .double(let value): .double(value)
        case .bool(let value): .bool(value)
        case .string(let value): .string(value)
        case .int32Array(let values): .array(values.map { .int(Int64($0)) })
        case .int64Array(let values): .array(values.map { .int($0) })
        case .doubleArray(let values): .array(values.map { .double($0) })
        case .boolArray(let values): .array(values.map { .bool($0) })
        case .stringArray(let values): .array(values.map { .string($0) })
        case .stringConvertible(let value): .string(value.description)
        case .stringConvertibleArray(let values): .array(values.map { .string($0.description) })
        default: .string(String(describing: self))
        }
    }

    /// The value of a tag as an attribute; bytes and lists of mixed types become text.
    init(_ value: TagValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .bool(let truth): self = .bool(truth)
        case .int(let number): self = .int64(number)
        case .double(let number): self = .double(number)
        case .binary: self = .string(value.description)
        case .array(let values): self = Self.list(values)
        }
    }

    private static func list(_ values: [TagValue]) -> SpanAttribute {
        let texts = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        if texts.count == values.count { return .stringArray(texts) }
        let numbers = values.compactMap { if case .int(let number) = $0 { number } else { nil } }
        if numbers.count == values.count { return .int64Array(numbers) }
        let fractions = values.compactMap { if case .double(let number) = $0 { number } else { nil } }
        if fractions.count == values.count { return .doubleArray(fractions) }
        let truths = values.compactMap { if case .bool(let truth) = $0 { truth } else { nil } }
        if truths.count == values.count { return .boolArray(truths) }
        return .stringArray(values.map(\.description))
    }
}
#endif
