import OpenTracing

/// Tags in the form of another API, which become a span's own when somebody looks at them: for most spans that is the
/// thread that sends them, which nobody waits for.
package protocol PendingTags: AnyObject, Sendable {
    /// Calls `body` with each tag, and forgets it.
    func takeAll(_ body: (String, TagValue) -> Void)
}
