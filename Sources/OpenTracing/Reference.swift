/// What led to a span: another span, and how the two are related.
public struct Reference: Sendable {
    /// How two spans are related.
    public enum Kind: Sendable, Hashable {
        /// The other span depends on this one, and usually waits for it.
        case childOf
        /// The other span caused this one and does not depend on its outcome.
        case followsFrom
    }

    /// How the two are related.
    public var kind: Kind
    /// The other span's context.
    public var context: any SpanContext

    /// Makes a reference from its parts.
    public init(_ kind: Kind, to context: any SpanContext) {
        self.kind = kind
        self.context = context
    }

    /// The other span waits for this one.
    public static func childOf(_ context: any SpanContext) -> Reference { Reference(.childOf, to: context) }

    /// The other span waits for this one.
    public static func childOf(_ span: any Span) -> Reference { Reference(.childOf, to: span.context) }

    /// The other span caused this one, and does not wait.
    public static func followsFrom(_ context: any SpanContext) -> Reference { Reference(.followsFrom, to: context) }

    /// The other span caused this one, and does not wait.
    public static func followsFrom(_ span: any Span) -> Reference { Reference(.followsFrom, to: span.context) }
}
