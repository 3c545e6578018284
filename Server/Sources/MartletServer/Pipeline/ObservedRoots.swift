import Sampling
import TraceModel

extension SpanBatch {
    /// What tells the roots of one batch apart, by numbers: texts are made once for each kind, not for each span.
    private struct RootKind: Hashable {
        var resource: UInt32
        var name: StringRef
        var sampler: ObservedRoot.Sampler
    }

    /// The spans that began traces, counted by service, operation and how they were sampled.
    func observedRoots() -> [ObservedRoot: Int] {
        var kinds: [RootKind: Int] = [:]
        var typeKey: StringRef?
        var paramKey: StringRef?
        var isFirst = true
        for span in 0..<count where spans.parentSpanIDs[span] == 0 {
            if isFirst {
                isFirst = false
                typeKey = strings.firstRef(of: "sampler.type")
                paramKey = strings.firstRef(of: "sampler.param")
            }
            var kind = RootKind(resource: spans.resources[span], name: spans.names[span], sampler: .unknown)
            if let typeKey { kind.sampler = sampler(of: span, typeKey, paramKey) }
            kinds[kind, default: 0] += 1
        }
        var counts: [ObservedRoot: Int] = [:]
        for (kind, count) in kinds {
            let resource = Int(kind.resource)
            let service = resource < resources.count ? strings.text(resources[resource].service) : ""
            let root = ObservedRoot(service: service, operation: strings.text(kind.name), sampler: kind.sampler)
            counts[root, default: 0] += count
        }
        return counts
    }

    /// What the tags of Jaeger's clients say of how a span was sampled.
    private func sampler(of span: Int, _ typeKey: StringRef, _ paramKey: StringRef?) -> ObservedRoot.Sampler {
        var type: String?
        var param: Double?
        for index in spanAttributes.range(span) {
            let attribute = spanAttributes[index]
            if attribute.key == typeKey, case .string(let text) = value(attribute) { type = text }
            guard attribute.key == paramKey else { continue }
            switch value(attribute) {
            case .double(let number): param = number
            case .int(let number): param = Double(number)
            case .string(let text): param = Double(text)
            default: break
            }
        }
        switch type {
        case nil: return .unknown
        case "probabilistic"?: return param.map { .probabilistic($0) } ?? .unknown
        case "lowerbound"?: return .lowerBound
        default: return .other
        }
    }
}
