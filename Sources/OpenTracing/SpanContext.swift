/// What identifies a span, and travels with it from process to process.
public protocol SpanContext: Sendable {
    /// The trace's identifier as text, as it is written in logs and looked up in a user interface.
    var traceIdentifier: String { get }

    /// The span's identifier as text.
    var spanIdentifier: String { get }

    /// The items that travel to every span below this one.
    var baggage: [String: String] { get }
}
