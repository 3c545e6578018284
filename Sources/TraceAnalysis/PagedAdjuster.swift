import TraceModel

/// `TraceAdjuster` for a trace that is too large to be in memory: it is looked at page by page, and then set right page
/// by page, in the same order, with what was learnt of the whole.
///
/// For ids that two spans share it holds some 16 bytes a span. Setting clocks right takes the tree of the trace, some
/// 150 bytes a span, and is not done for more than `skewSpansMax`.
public struct PagedAdjuster: Sendable {
    /// The most spans of a trace whose clocks are set right.
    public static let skewSpansMax = 500_000

    private let skew: ClockSkew?
    private let skewSpansMax: Int
    private var ids = SharedIDs()
    // What clocks are judged by: ids, times, hosts and references to parents.
    private var skeleton = SpanBatch()
    private var resources: [Resource: UInt32] = [:]
    private var deltas: [Int64] = []
    private var count = 0
    private var place = 0

    /// Does what `adjuster` does.
    public init(_ adjuster: TraceAdjuster, skewSpansMax: Int = PagedAdjuster.skewSpansMax) {
        skew = adjuster.skewMax.map { ClockSkew(bound: $0) }
        self.skewSpansMax = skewSpansMax
    }

    /// Why the spans are not set right as asked, if they are not.
    public private(set) var warning: String?

    /// Whether all spans stay as they are.
    public var isIdle: Bool { ids.isEmpty && deltas.isEmpty }

    /// Takes note of the next page.
    public mutating func look(at page: borrowing SpanBatch) {
        ids.look(at: page)
        count += page.count
        if skew == nil { return }
        if count > skewSpansMax {
            skeleton = SpanBatch()
        } else {
            remember(page)
        }
    }

    /// Draws conclusions, when all pages have been looked at.
    public mutating func settle() {
        ids.settle()
        guard let skew else { return }
        if count > skewSpansMax {
            warning = "clocks are set right in traces of up to \(skewSpansMax) spans, and this one has \(count)"
            return
        }
        var ids = ids
        var notes = TraceAdjuster.Notes()
        ids.separate(&skeleton, &notes)
        deltas = skew.deltas(of: skeleton)
        skeleton = SpanBatch()
        if !deltas.contains(where: { $0 != 0 }) { deltas = [] }
    }

    /// Sets the next page right.
    public mutating func adjust(_ page: inout SpanBatch) -> TraceAdjuster.Notes {
        var notes = TraceAdjuster.Notes()
        ids.separate(&page, &notes)
        if let skew, place < deltas.count {
            skew.move(&page, deltas[place..<min(place + page.count, deltas.count)], &notes)
        }
        place += page.count
        return notes
    }

    /// Adds what a page has to the skeleton.
    private mutating func remember(_ page: borrowing SpanBatch) {
        var numbers: [UInt32] = []
        for resource in page.resources { numbers.append(number(of: resource, page)) }
        let refType = page.strings.firstRef(of: "opentracing.ref_type")
        for row in 0..<page.count {
            var own = SpanRow()
            own.traceID = page.spans.traceID(row)
            own.spanID = SpanID(page.spans.spanIDs[row])
            own.parentSpanID = SpanID(page.spans.parentSpanIDs[row])
            own.startNanoseconds = page.spans.starts[row]
            own.durationNanoseconds = page.spans.durations[row]
            own.kind = page.spans.kinds[row]
            let resource = Int(page.spans.resources[row])
            own.resource = resource < numbers.count ? numbers[resource] : .max
            for link in page.links.range(row) where page.links.spanIDs[link] == page.spans.parentSpanIDs[row] {
                for index in page.links.attributes.range(link) {
                    let attribute = page.links.attributes[index]
                    guard attribute.key == refType else { continue }
                    let (type, bits) = skeleton.intern(page.value(attribute))
                    let key = skeleton.strings.intern("opentracing.ref_type")
                    skeleton.links.attributes.append(key: key, type: type, value: bits)
                }
                var content = page.links[link]
                content.traceState = 0
                skeleton.links.append(content)
            }
            skeleton.appendSpan(own)
        }
    }

    /// The number in the skeleton of a resource, of which the service and what tells its host are kept.
    private mutating func number(of resource: Resource, _ page: borrowing SpanBatch) -> UInt32 {
        var own = Resource()
        own.service = skeleton.strings.intern(page.strings.text(resource.service))
        for attribute in resource.attributes {
            let key = page.strings.text(attribute.key)
            guard ClockSkew.hostKeys.contains(key) else { continue }
            let (type, bits) = skeleton.intern(page.value(attribute))
            own.attributes.append(Attribute(key: skeleton.strings.intern(key), type: type, value: bits))
        }
        if let known = resources[own] { return known }
        let number = UInt32(skeleton.resources.count)
        resources[own] = number
        skeleton.resources.append(own)
        return number
    }
}
