import TraceAnalysis
import TraceModel

/// A trace as OTLP has it: spans by resource and instrumentation scope, with kind, status and parent as fields.
///
/// What came in by OTLP is what goes out. Of Jaeger's spans the tags that OTLP has fields for become these fields, and
/// are not repeated; everything else stays as it was sent. It only says what belongs where; the writers of JSON and of
/// protobuf ask it.
struct OTLPView: Sendable {
    /// Spans that share a resource and a scope.
    struct Group: Sendable {
        /// The resource's place in the batch; nil for spans without one.
        var resource: Int?
        /// The scope.
        var scope: ScopeName
        /// The places of its spans in `rows`.
        var places: Range<Int>
    }

    /// The scope of some spans.
    enum ScopeName: Hashable, Sendable {
        case none
        /// By its place in the batch.
        case stored(Int)
        /// By the tags with which Jaeger's clients name one.
        case tagged(name: StringRef, version: StringRef)
    }

    /// The spans, all of one trace.
    let batch: SpanBatch
    /// The groups: those of one resource stand together, in the order in which spans first name them.
    let groups: [Group]
    /// The spans' rows, group by group.
    let rows: [Int]
    let words: OTLPWords
    /// By row: the attribute that says what was set right, as Jaeger has it.
    let warnings: [Int: Attribute]

    /// A view of spans as they came.
    init(_ batch: SpanBatch) { self.init(TracePages.Page(spans: batch, notes: .init())) }

    /// A view of spans in which something may have been set right.
    init(_ page: TracePages.Page) {
        var batch = page.spans
        var warnings: [Int: Attribute] = [:]
        for (row, texts) in page.notes.texts {
            let (type, bits) = batch.intern(.array(texts.map { .string($0) }))
            warnings[row] = Attribute(key: batch.strings.intern("@jaeger@warnings"), type: type, value: bits)
        }
        self.warnings = warnings
        self.batch = batch
        words = OTLPWords(of: batch)
        struct Key: Hashable {
            var resource: Int
            var scope: ScopeName
        }
        var numbers: [Key: Int] = [:]
        var members: [(key: Key, rows: [Int])] = []
        var resourceOrder: [Int: Int] = [:]
        for row in 0..<batch.count {
            let resource = min(Int(batch.spans.resources[row]), batch.resources.count)
            let key = Key(resource: resource, scope: Self.scope(of: row, in: batch, words))
            if let number = numbers[key] {
                members[number].rows.append(row)
            } else {
                numbers[key] = members.count
                members.append((key, [row]))
                if resourceOrder[resource] == nil { resourceOrder[resource] = resourceOrder.count }
            }
        }
        let order = members.indices.sorted { left, right in
            let first = resourceOrder[members[left].key.resource] ?? 0
            let second = resourceOrder[members[right].key.resource] ?? 0
            return first == second ? left < right : first < second
        }
        var groups: [Group] = []
        var rows: [Int] = []
        rows.reserveCapacity(batch.count)
        for number in order {
            let member = members[number]
            let begin = rows.count
            rows += member.rows
            let resource = member.key.resource < batch.resources.count ? member.key.resource : nil
            groups.append(Group(resource: resource, scope: member.key.scope, places: begin..<rows.count))
        }
        self.groups = groups
        self.rows = rows
    }

    /// Whether a span came in by one of Jaeger's own protocols.
    func isJaeger(_ row: Int) -> Bool { Self.isJaeger(row, in: batch) }

    private static func isJaeger(_ row: Int, in batch: borrowing SpanBatch) -> Bool {
        let resource = Int(batch.spans.resources[row])
        return resource < batch.resources.count && batch.resources[resource].format == .jaeger
    }

    private static func scope(of row: Int, in batch: borrowing SpanBatch, _ words: OTLPWords) -> ScopeName {
        let number = Int(batch.spans.scopes[row])
        if number < batch.scopes.count { return .stored(number) }
        guard isJaeger(row, in: batch) else { return .none }
        let name = words.tag(words.scopeName, of: row, in: batch)
        let version = words.tag(words.scopeVersion, of: row, in: batch)
        return name == 0 && version == 0 ? .none : .tagged(name: name, version: version)
    }
}

/// The refs of the keys and words that tell of a field of a span; nil where the trace has no such string.
struct OTLPWords: Sendable {
    var spanKind: StringRef?
    var error: StringRef?
    var statusCode: StringRef?
    var statusDescription: StringRef?
    var scopeName: StringRef?
    var scopeVersion: StringRef?
    var traceState: StringRef?
    var event: StringRef?

    init(of batch: borrowing SpanBatch) {
        // Only Jaeger's spans have fields among their tags.
        guard batch.resources.contains(where: { $0.format == .jaeger }) else { return }
        spanKind = batch.strings.ref(of: "span.kind")
        error = batch.strings.ref(of: "error")
        statusCode = batch.strings.ref(of: "otel.status_code")
        statusDescription = batch.strings.ref(of: "otel.status_description")
        scopeName = batch.strings.ref(of: "otel.scope.name")
        scopeVersion = batch.strings.ref(of: "otel.scope.version")
        traceState = batch.strings.ref(of: "w3c.tracestate")
        event = batch.strings.ref(of: "event")
    }

    /// The first string that a span has under a key; 0 if there is none.
    func tag(_ key: StringRef?, of row: Int, in batch: borrowing SpanBatch) -> StringRef {
        guard let key else { return 0 }
        for index in batch.spanAttributes.range(row)
        where batch.spanAttributes.keys[index] == key && batch.spanAttributes.types[index] == .string {
            return StringRef(truncatingIfNeeded: batch.spanAttributes.values[index])
        }
        return 0
    }
}
