import TraceModel

/// What a list shows of a trace: made without its spans.
public struct TraceSummary: Sendable, Equatable {
    /// Of which service and operation the trace's root is.
    public struct Root: Sendable, Equatable {
        /// Its service.
        public var service: String
        /// Its name.
        public var name: String

        /// Makes a root from its parts.
        public init(service: String, name: String) {
            self.service = service
            self.name = name
        }
    }

    /// What one service has of the trace.
    public struct Service: Sendable, Equatable {
        /// The service's name.
        public var name: String
        /// How many spans of the trace are its own.
        public var spans: Int
        /// How many of these have the status error.
        public var errors: Int

        /// Makes a service's share from its parts.
        public init(name: String, spans: Int, errors: Int) {
            self.name = name
            self.spans = spans
            self.errors = errors
        }
    }

    /// The trace.
    public var id: TraceID
    /// When it began and ended, how many spans and errors it has.
    public var measure: TraceMeasure
    /// Its earliest span without a parent; nil if it has none.
    public var root: Root?
    /// The services that have spans of it, by the bytes of their names.
    public var services: [Service]

    /// Makes a summary from its parts.
    public init(id: TraceID, measure: TraceMeasure, root: Root?, services: [Service]) {
        self.id = id
        self.measure = measure
        self.root = root
        self.services = services
    }

    /// Sums up a trace, of which `trace` holds all spans, at least one, and no others.
    public init(of trace: borrowing SpanBatch) {
        let facts = TraceFacts(of: trace)
        var measure = TraceMeasure.nothing
        var services: [StringRef: Service] = [:]
        for row in 0..<trace.count {
            let status = trace.spans.statuses[row]
            measure.add(start: trace.spans.starts[row], duration: trace.spans.durations[row], status: status)
            let name = trace.resource(of: row).service
            var service = services[name] ?? Service(name: trace.strings.text(name), spans: 0, errors: 0)
            service.spans += 1
            if status == .error { service.errors += 1 }
            services[name] = service
        }
        id = trace.spans.traceID(0)
        self.measure = measure
        self.services = services.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        root = nil
        if let row = facts.root {
            root = Root(service: trace.service(of: row), name: trace.strings.text(trace.spans.names[row]))
        }
    }
}

/// The first traces of a search, summed up.
public struct FoundSummaries: Sendable {
    /// The traces in the order asked for.
    public var summaries: [TraceSummary] = []
    /// What else there is to say of the search.
    public var outcome = SearchOutcome()

    /// Nothing.
    public init() {}
}
