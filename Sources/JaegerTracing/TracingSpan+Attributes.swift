// Safety: `PendingAttributes` belongs to a span that the caller holds for the whole call, and that keeps it for life.

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
            guard isRecording else { return SpanAttributes([:]) }
            var attributes = PendingAttributes.none
            for tag in jaegerSpan.tags { attributes[tag.key] = SpanAttribute(tag.value) }
            return attributes
        }
        nonmutating set {
            var attributes = newValue
            jaegerSpan.put(&attributes)
        }
        // In place, without what was set before: one step into a dictionary, which is all that this API leaves to us.
        // Inlined and with no more than two values that outlive the `yield`: otherwise each call through `any Span`
        // allocates a frame for it.
        @inline(__always)
        nonmutating _modify {
            let span = jaegerSpan
            var attributes = span.takeAttributes()
            yield &attributes
            span.put(&attributes)
        }
    }
}

extension JaegerSpan {
    /// What attributes are added to: those that were set and not looked at yet.
    @inline(never)
    fileprivate func takeAttributes() -> SpanAttributes { withPendingAttributes { $0.take() } }

    /// Puts attributes back; a span that is not recorded forgets them.
    @inline(never)
    fileprivate func put(_ attributes: inout SpanAttributes) {
        if !isRecording { attributes.forget() }
        withPendingAttributes { $0.put(&attributes) }
    }

    /// Without counting a reference, which for each attribute costs as much as a good part of all the rest.
    private func withPendingAttributes<Result>(_ body: (PendingAttributes) -> Result) -> Result {
        // There is nothing else in this package that makes pending tags.
        Unmanaged<PendingAttributes>.fromOpaque(pendingTags { PendingAttributes() }.toOpaque())
            ._withUnsafeGuaranteedRef(body)
    }
}

/// The attributes of a span that are not among its tags yet.
private final class PendingAttributes: PendingTags {
    /// What most spans find enough; a dictionary that grows costs more than all that is put into it.
    private static let capacity = 12

    /// No attributes, with room for some.
    static var none: SpanAttributes { SpanAttributes(Dictionary(minimumCapacity: capacity)) }

    /// Empty while somebody adds to them. They are swapped and never copied, so that there is one reference to them.
    private let attributes = Mutex(PendingAttributes.none)

    func take() -> SpanAttributes {
        var taken = SpanAttributes(Dictionary())
        attributes.withLock { swap(&$0, &taken) }
        return taken
    }

    /// Puts attributes back, beside those that somebody else has put there meanwhile.
    func put(_ newer: inout SpanAttributes) {
        attributes.withLock { attributes in
            swap(&attributes, &newer)
            if !newer.isEmpty { attributes.merge(newer) }
        }
    }

    func takeAll(_ body: (String, TagValue) -> Void) { take().forEach { body($0, $1.tagValue) } }
}

extension SpanAttributes {
    /// Removes what is there; one attribute, as assignments leave it, without giving the memory back.
    fileprivate mutating func forget() {
        if isEmpty { return }
        guard count == 1 else {
            self = SpanAttributes([:])
            return
        }
        var name: String?
        forEach { key, _ in name = key }
        if let name { set(name, value: nil) }
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
