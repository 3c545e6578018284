import SpanStorage
import TraceModel

final class Segment: SpanSource {
    let spanCount = 0
    let byteCount = 0
    let latestStart: UInt64 = 0
    var startRange: ClosedRange<UInt64>? { nil }
    func search(_ query: TraceQuery) throws(SpanStoreError) -> SourceMatches { SourceMatches() }
    func lowerStarts(_ starts: inout [TraceID: UInt64]) throws(SpanStoreError) {}
    func collect(into traces: inout TraceCollection) throws(SpanStoreError) {}
}
struct Sealer: Sendable { let view: StoreView }
