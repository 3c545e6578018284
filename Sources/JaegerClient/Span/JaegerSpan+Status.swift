extension JaegerSpan {
    /// How the work of a span ended.
    ///
    /// OpenTracing knows only the tag `error`; this is what swift-distributed-tracing and OTLP know besides.
    public struct Status: Sendable, Hashable {
        /// Whether the work succeeded.
        public enum Code: UInt8, Sendable, Hashable {
            /// Nobody said.
            case unset
            /// It succeeded, said somebody who knows.
            case ok
            /// It failed.
            case error
        }

        /// Whether the work succeeded.
        public var code: Code
        /// What went wrong, for people; nil when there is nothing to say.
        public var message: String?

        /// Makes a status from its parts.
        public init(_ code: Code, message: String? = nil) {
            self.code = code
            self.message = message
        }

        /// Nobody said how it ended.
        public static let unset = Status(.unset)
    }
}
