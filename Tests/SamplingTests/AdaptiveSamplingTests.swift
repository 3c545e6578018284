import Sampling
import Testing

@Suite struct AdaptiveSamplingTests {
    private static let options = AdaptiveOptions()

    /// Traffic of one operation, of whose traces the client samples the share that it was told.
    private func run(
        _ sampling: inout AdaptiveSampling,
        tracesPerSecond: Double,
        rounds: Int,
        tells: Bool,
        asks: Bool = true
    ) -> [Double] {
        (0..<rounds).map { _ in
            if asks { _ = sampling.answer(for: "shop") }
            let probability = sampling.probability("shop", "buy")
            let sampler: ObservedRoot.Sampler = tells ? .probabilistic(probability) : .unknown
            let count = Int((tracesPerSecond * 60 * probability).rounded())
            sampling.observe(ObservedRoot(service: "shop", operation: "buy", sampler: sampler), count: count)
            sampling.calculate(seconds: 60)
            return sampling.probability("shop", "buy")
        }
    }

    @Test(arguments: [true, false])
    func `a busy operation comes down to the target, whether its client tells how it samples or not`(tells: Bool) {
        var sampling = AdaptiveSampling(Self.options)
        let probabilities = run(&sampling, tracesPerSecond: 10_000, rounds: 12, tells: tells)
        let rate = (probabilities.last ?? 0) * 10_000
        #expect(abs(rate - 1) <= 0.3, "\(rate) traces a second are sampled")
    }

    @Test(arguments: [true, false])
    func `a quiet operation goes up, by no more than its double a time, to all of its traces`(tells: Bool) {
        var sampling = AdaptiveSampling(Self.options)
        let probabilities = run(&sampling, tracesPerSecond: 0.2, rounds: 14, tells: tells)
        #expect(probabilities.last == 1)
        #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $1 <= $0 * 2 })
    }

    @Test func `a client that neither asks nor tells keeps its probability`() {
        var sampling = AdaptiveSampling(Self.options)
        let probabilities = run(&sampling, tracesPerSecond: 10_000, rounds: 5, tells: false, asks: false)
        #expect(probabilities.allSatisfy { $0 == 0.001 })
    }

    @Test func `a client that tells of a probability of its own does not move ours`() {
        var sampling = AdaptiveSampling(Self.options)
        for _ in 0..<3 {
            _ = sampling.answer(for: "shop")
            sampling.observe(
                ObservedRoot(service: "shop", operation: "buy", sampler: .probabilistic(0.7)),
                count: 9_000
            )
            sampling.calculate(seconds: 60)
        }
        #expect(sampling.probability("shop", "buy") == 0.001)
    }

    @Test func `what was sampled otherwise counts for nothing, and the lower bound only makes an operation known`() {
        var sampling = AdaptiveSampling(Self.options)
        _ = sampling.answer(for: "shop")
        sampling.observe(ObservedRoot(service: "shop", operation: "constant", sampler: .other), count: 1_000)
        sampling.observe(ObservedRoot(service: "shop", operation: "rare", sampler: .lowerBound), count: 1_000)
        sampling.calculate(seconds: 60)
        let answer = sampling.answer(for: "shop")
        #expect(answer.operations?.list == [OperationStrategy(operation: "rare", probability: 0.002)])
        #expect(answer.strategy == nil)
    }

    @Test func `an unknown service is told the initial probability and the lower bound`() {
        var sampling = AdaptiveSampling(Self.options)
        #expect(
            sampling.answer(for: "new").json()
                == #"{"strategyType":"PROBABILISTIC","operationSampling":{"defaultSamplingProbability":0.001,"#
                + #""defaultLowerBoundTracesPerSecond":0.016666666666666666,"perOperationStrategies":[],"#
                + #""defaultUpperBoundTracesPerSecond":0}}"#
        )
    }

    @Test func `names without end cost no memory without end`() {
        var options = AdaptiveOptions()
        options.servicesMax = 3
        options.operationsMax = 2
        var sampling = AdaptiveSampling(options)
        for service in 0..<50 {
            for operation in 0..<50 {
                sampling.observe(ObservedRoot(service: "s\(service)", operation: "o\(operation)", sampler: .unknown))
            }
        }
        let known = (0..<50).map { sampling.answer(for: "s\($0)").operations?.list.count ?? 0 }
        #expect(known.reduce(0, +) == 6)
    }
}
