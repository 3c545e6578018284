import Synchronization

/// Takes the spans that have finished.
public protocol Reporter: Sendable, CustomStringConvertible {
    /// Takes a span; returns at once, whatever becomes of the span.
    func report(_ span: FinishedSpan)
    /// Returns when what was reported before is sent or given up.
    func flush() async
    /// Flushes, and takes no more spans.
    func close() async
}

extension Reporter {
    /// Does nothing: nothing is kept back.
    public func flush() async {}
    /// Does nothing: there is nothing to stop.
    public func close() async {}
}

/// Takes spans and forgets them.
public struct NullReporter: Reporter {
    /// Makes a reporter; there is nothing to choose.
    public init() {}
    /// Forgets a span.
    public func report(_ span: FinishedSpan) {}
    /// What kind of reporter this is.
    public var description: String { "NullReporter" }
}

/// Hands each span to several reporters.
public struct CompositeReporter: Reporter {
    /// The reporters, in the order in which they get a span.
    public let reporters: [any Reporter]

    /// Makes a reporter of several.
    public init(_ reporters: [any Reporter]) { self.reporters = reporters }

    /// Hands a span to each reporter.
    public func report(_ span: FinishedSpan) {
        for reporter in reporters { reporter.report(span) }
    }

    /// Flushes each reporter.
    public func flush() async {
        for reporter in reporters { await reporter.flush() }
    }

    /// Closes each reporter.
    public func close() async {
        for reporter in reporters { await reporter.close() }
    }

    /// The names of all.
    public var description: String { reporters.map(\.description).joined(separator: " + ") }
}

/// Keeps the spans in memory, for tests.
public final class InMemoryReporter: Reporter {
    private let reported = Mutex<[FinishedSpan]>([])

    /// Makes a reporter without spans.
    public init() {}

    /// The spans reported so far, in the order in which they finished.
    public var spans: [FinishedSpan] { reported.withLock { $0 } }

    /// Keeps a span, but not the tracer that made it: that one holds this reporter.
    public func report(_ span: FinishedSpan) {
        let span = span.detached
        reported.withLock { $0.append(span) }
    }

    /// Forgets the spans reported so far.
    public func removeAll() { reported.withLock { $0.removeAll() } }

    /// What kind of reporter this is.
    public var description: String { "InMemoryReporter" }
}
