import Logging
import OpenTracing

extension Logger.MetadataProvider {
    /// Adds the active span to each line of the log: `trace_id`, `span_id` and `trace_sampled`.
    ///
    ///     LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .jaeger)
    ///
    /// The identifiers are written as a server shows them, with leading zeros, so that a search for one finds it in
    /// both places. Lines outside of any span get nothing.
    public static let jaeger = Logger.MetadataProvider {
        guard let span = TaskLocalScopeManager.activeSpan else { return [:] }
        guard let span = span as? JaegerSpan else { return identifiers(of: span.context) }
        let context = span.jaegerContext
        var metadata = identifiers(of: context)
        metadata["trace_sampled"] = "\(context.isSampled)"
        return metadata
    }

    private static func identifiers(of context: any SpanContext) -> Logger.Metadata {
        let (trace, span) = (context.traceIdentifier, context.spanIdentifier)
        return trace.isEmpty ? [:] : ["trace_id": "\(trace)", "span_id": "\(span)"]
    }
}
