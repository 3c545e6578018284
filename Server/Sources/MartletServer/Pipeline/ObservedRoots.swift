import Sampling
import TraceModel

extension SpanBatch {
    /// The spans that began traces, counted by service, operation and how they were sampled.
    func observedRoots() -> [ObservedRoot: Int] {
        let typeKey = strings.firstRef(of: "sampler.type")
        let paramKey = strings.firstRef(of: "sampler.param")
        var counts: [ObservedRoot: Int] = [:]
        for span in 0..<count where spans.parentSpanIDs[span] == 0 {
            var sampler = ObservedRoot.Sampler.unknown
            if let typeKey { sampler = self.sampler(of: span, typeKey, paramKey) }
            let root = ObservedRoot(
                service: service(of: span),
                operation: strings.text(spans.names[span]),
                sampler: sampler
            )
            counts[root, default: 0] += 1
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
