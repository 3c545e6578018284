import HTTPTypes
import Hummingbird
import Logging
import SpanStorage

/// Jaeger's HTTP query API, version 1: `/api/services`, `/api/operations`, `/api/traces` and what belongs to them.
///
/// The routes only translate: questions into the store's, and what it finds into Jaeger's JSON.
public struct QueryRoutes: Sendable {
    let store: any SpanStore
    let now: @Sendable () -> UInt64
    let tail: LiveTail
    let version: String
    let tracePage: TracePageTemplate?

    /// Routes that ask a store.
    ///
    /// - Parameters:
    ///   - store: Where the spans are.
    ///   - now: The time in nanoseconds since 1970, which ends a search that names no end.
    ///   - tail: Where spans that were acknowledged are heard of.
    ///   - version: The server's version, for clients that want to know.
    ///   - tracePage: The page that a trace is saved as; without it none can be.
    public init(
        store: any SpanStore,
        now: @escaping @Sendable () -> UInt64,
        tail: LiveTail = LiveTail(),
        version: String = "",
        tracePage: TracePageTemplate? = nil
    ) {
        self.store = store
        self.now = now
        self.tail = tail
        self.version = version
        self.tracePage = tracePage
    }

    /// Adds the routes, and an answer for everything else under `/api`, so that no mistyped call gets a page of the UI.
    ///
    /// - Parameters:
    ///   - router: The router, or a group of it.
    ///   - basePath: What stands before `/api` in every path, as `--query.base-path` has it: empty, `/`, or `/jaeger`.
    public func add<Context: RequestContext>(to router: some RouterMethods<Context>, basePath: String = "") {
        let group = router.group(RouterPath(basePath))
        read("api/services", from: group, answer: services)
        read("api/services/{service}/operations", from: group, answer: operationNames)
        read("api/operations", from: group, answer: operations)
        read("api/traces", from: group, answer: traces)
        read("api/trace-summaries", from: group, answer: traceSummaries)
        read("api/attributes", from: group, answer: attributeKeys)
        read("api/attributes/{key}/values", from: group, answer: attributeValues)
        read("api/traces/{id}", from: group, answer: trace)
        read("api/traces/{id}/columns", from: group, answer: traceColumns)
        read("api/traces/{id}/attributes", from: group, answer: traceAttributes)
        read("api/traces/{id}/matches", from: group, answer: traceMatches)
        write("api/archive/{id}", from: group, answer: archive)
        write("api/transform", from: group, answer: transform)
        read("api/dependencies", from: group, answer: dependencies)
        read("api/metrics/latencies", from: group, answer: latencies)
        read("api/metrics/calls", from: group, answer: calls)
        read("api/metrics/errors", from: group, answer: errors)
        read("api/metrics/minstep", from: group, answer: minimumStep)
        addSpans(to: group)
        addV3(to: group)
        addTempo(to: group)
        addAnalysis(to: group)
        read("api/tail", from: group, answer: tailAnswer)
        read("api/traces/{id}/export", from: group, answer: exportTrace)
        read("api/export", from: group, answer: exportSearch)
        addMCP(to: group)
        for path in ["api", "api/**"] as [RouterPath] {
            for method in HTTPRequest.Method.common {
                group.on(path, method: method) { _, _ in Response.noSuchRoute }
            }
        }
    }
}
