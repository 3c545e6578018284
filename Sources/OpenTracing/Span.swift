/// One piece of work: a name, a beginning, an end, and what is known about it.
///
/// A span may be used from several tasks and threads at once. It ends with the first ``finish(at:)``; after that only
/// its ``context`` still means something, and changes are ignored.
public protocol Span: AnyObject, Sendable {
    /// What identifies the span to other spans and other processes, and travels with it.
    var context: any SpanContext { get }

    /// The tracer that started the span.
    var tracer: any Tracer { get }

    /// Gives the span another name.
    func setOperationName(_ name: String)

    /// Adds a tag; see ``Tags`` for the keys that have a meaning to everyone.
    ///
    /// When the span has a tag with this key already, the newer value counts.
    func setTag(_ key: String, to value: TagValue)

    /// Adds a log: something that happened at a moment during the span; see ``LogFields`` for keys.
    ///
    /// - Parameters:
    ///   - fields: What happened.
    ///   - time: When it happened; nil for now.
    func log(_ fields: TagList, at time: Timestamp?)

    /// Adds an item that travels with the context to every span below this one, in other processes too.
    ///
    /// Each item is sent with every request along the trace: keep it small.
    func setBaggageItem(_ key: String, to value: String)

    /// The value of a baggage item, or nil.
    func baggageItem(_ key: String) -> String?

    /// Ends the span and hands it over to be reported; only the first call counts.
    ///
    /// - Parameter time: When it ended; nil for now.
    func finish(at time: Timestamp?)
}

extension Span {
    /// Adds a tag from any value that can be one: text, a boolean, a number, or a type of yours.
    @inlinable
    public func setTag(_ key: String, to value: some TagValueConvertible) {
        setTag(key, to: value.tagValue)
    }

    /// Adds a log of something that happens now.
    public func log(_ fields: TagList) { log(fields, at: nil) }

    /// Adds a log that names something that happens now.
    public func log(event: String) { log([LogFields.event: .string(event)], at: nil) }

    /// Ends the span now.
    public func finish() { finish(at: nil) }

    /// Marks the span as failed and logs the error, as `withSpan` does with one that is thrown.
    ///
    /// The log has the fields that OpenTracing names: `event`, `error.kind`, `message` and `stack`. Swift errors do not
    /// know where they were thrown; as the stack stands where this was called, and the errors of the spans above tell
    /// the rest of the way.
    public func recordError(
        _ error: any Error,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line
    ) {
        setTag(Tags.error, to: true)
        log(
            [
                LogFields.event: "error",
                LogFields.errorKind: .string(String(reflecting: type(of: error))),
                LogFields.message: .string(String(describing: error)),
                LogFields.stack: "\(function) at \(file):\(line)",
            ],
            at: nil
        )
    }
}
