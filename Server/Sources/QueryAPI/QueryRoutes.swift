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
    ///   - others: Routes of the server beside the query API, which are described with it.
    public func add<Context: RequestContext>(
        to router: some RouterMethods<Context>,
        basePath: String = "",
        others: [Route] = []
    ) {
        let basePath = basePath == "/" ? "" : basePath
        let group = router.group(RouterPath(basePath))
        for route in table(with: others, basePath: basePath) { add(route, to: group) }
        for path in ["api", "api/**", "tempo", "tempo/**"] as [RouterPath] {
            for method in HTTPRequest.Method.common {
                group.on(path, method: method) { _, _ in Response.noSuchRoute }
            }
        }
    }
}
