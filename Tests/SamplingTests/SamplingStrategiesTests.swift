import Foundation
import Sampling
import Testing

@Suite struct SamplingStrategiesTests {
    private func strategies(_ json: String) throws -> (SamplingStrategies, [String]) {
        let file = try JSONDecoder().decode(StrategiesFile.self, from: Data(json.utf8))
        var warnings: [String] = []
        let strategies = SamplingStrategies(file, defaultProbability: 0.001, warnings: &warnings)
        return (strategies, warnings)
    }

    // The example of Jaeger's documentation, shortened.
    private static let example = """
        {"default_strategy":{"type":"probabilistic","param":0.5,
           "operation_strategies":[{"operation":"/health","type":"probabilistic","param":0.0}]},
         "service_strategies":[
           {"service":"foo","type":"probabilistic","param":0.8,
            "operation_strategies":[{"operation":"op1","type":"probabilistic","param":0.2}]},
           {"service":"bar","type":"ratelimiting","param":5}]}
        """

    @Test func `a service's operations come before those of the default`() throws {
        let (strategies, warnings) = try strategies(Self.example)
        #expect(warnings.isEmpty)
        let foo = strategies.strategy(for: "foo")
        #expect(foo.strategy == .probabilistic(0.8))
        #expect(foo.operations.map(\.operation) == ["op1", "/health"])
    }

    @Test func `the answers are those of Jaeger, byte for byte`() throws {
        let (strategies, _) = try strategies(Self.example)
        #expect(
            strategies.answer(for: "foo")
                == #"{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.8},"#
                + #""operationSampling":{"defaultSamplingProbability":0.8,"defaultLowerBoundTracesPerSecond":0,"#
                + #""perOperationStrategies":[{"operation":"op1","probabilisticSampling":{"samplingRate":0.2}},"#
                + #"{"operation":"/health","probabilisticSampling":{"samplingRate":0}}],"#
                + #""defaultUpperBoundTracesPerSecond":0}}"#
        )
        let plain = SamplingStrategies(fallback: ServiceStrategy(.rateLimiting(42)))
        #expect(
            plain.answer(for: "x")
                == #"{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}}"#
        )
        #expect(plain.answer(for: "x", numericType: true).hasPrefix(#"{"strategyType":1,"#))
    }

    @Test func `an unknown service gets the default strategy, and one that rate limits its operations`() throws {
        let (strategies, _) = try strategies(Self.example)
        #expect(strategies.strategy(for: "new").strategy == .probabilistic(0.5))
        #expect(strategies.answer(for: "bar").contains(#""defaultSamplingProbability":0.5"#))
    }

    @Test func `what is no strategy is left out with a line each`() throws {
        let (strategies, warnings) = try strategies(
            """
            {"service_strategies":[
              {"service":"a","type":"adaptive","param":1},
              {"service":"b","type":"probabilistic","param":7},
              {"service":"c","type":"ratelimiting","param":40000},
              {"service":"d","type":"probabilistic","param":1,
               "operation_strategies":[{"operation":"op","type":"ratelimiting","param":1}]},
              {"type":"probabilistic","param":1}]}
            """
        )
        #expect(warnings.count == 5)
        for service in ["a", "b", "c", "unheard"] {
            #expect(strategies.strategy(for: service).strategy == .probabilistic(0.001))
        }
        #expect(strategies.strategy(for: "d").operations.isEmpty)
    }

    @Test func `an operation's name is quoted as JSON wants it`() {
        let operation = OperationStrategy(operation: "a\"b\n", probability: 1)
        let strategies = SamplingStrategies(fallback: ServiceStrategy(.probabilistic(1), operations: [operation]))
        #expect(strategies.answer(for: "x").contains(#""operation":"a\"b\n""#))
    }
}
