/// What a sampler that never changes would say, so that the traces it leaves out need not go through a protocol.
///
/// Most traces of a busy service are left out, and that is all that is decided about them.
struct SamplingRule: Sendable {
    /// Identifiers from this on are left out.
    private let boundary: UInt64
    private let leavesOutAny: Bool

    init(_ sampler: any Sampler) {
        switch sampler {
        case let sampler as ConstSampler where !sampler.isSampled: (boundary, leavesOutAny) = (0, true)
        case let sampler as ProbabilisticSampler where sampler.rate < 1:
            (boundary, leavesOutAny) = (sampler.boundary, true)
        default: (boundary, leavesOutAny) = (0, false)
        }
    }

    /// Whether the trace with this identifier is left out for sure; otherwise the sampler has to be asked.
    @inline(__always)
    func leavesOut(_ traceIDLow: UInt64) -> Bool { leavesOutAny && traceIDLow >= boundary }
}
