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
            strategies.answer(for: "foo").json()
                == #"{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.8},"#
                + #""operationSampling":{"defaultSamplingProbability":0.8,"defaultLowerBoundTracesPerSecond":0,"#
                + #""perOperationStrategies":[{"operation":"op1","probabilisticSampling":{"samplingRate":0.2}},"#
                + #"{"operation":"/health","probabilisticSampling":{"samplingRate":0}}],"#
                + #""defaultUpperBoundTracesPerSecond":0}}"#
        )
        let plain = SamplingStrategies(fallback: ServiceStrategy(.rateLimiting(42)))
        #expect(
            plain.answer(for: "x").json()
                == #"{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}}"#
        )
        #expect(plain.answer(for: "x").json(numericType: true).hasPrefix(#"{"strategyType":1,"#))
    }

    @Test func `an unknown service gets the default strategy, and one that rate limits its operations`() throws {
        let (strategies, _) = try strategies(Self.example)
        #expect(strategies.strategy(for: "new").strategy == .probabilistic(0.5))
        #expect(strategies.answer(for: "bar").json().contains(#""defaultSamplingProbability":0.5"#))
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
        #expect(
            warnings == [
                "service_strategies[0].type: there is no strategy \"adaptive\"; expected probabilistic or "
                    + "ratelimiting; probability 0.001 is used instead",
                "service_strategies[1].param: 7.0 is not a probability from 0 to 1; probability 0.001 is used instead",
                "service_strategies[2].param: 40000.0 is not a rate from 0 to 32767 traces a second; "
                    + "probability 0.001 is used instead",
                "service_strategies[3].operation_strategies[0]: operation \"op\" is left out: ratelimiting with 1.0 "
                    + "is not a probability from 0 to 1",
                "service_strategies[4]: \"service\" is missing or empty; the strategy is left out",
            ]
        )
        for service in ["a", "b", "c", "unheard"] {
            #expect(strategies.strategy(for: service).strategy == .probabilistic(0.001))
        }
        #expect(strategies.strategy(for: "d").operations.isEmpty)
    }

    @Test func `an operation's name is quoted as JSON wants it`() {
        let operation = OperationStrategy(operation: "a\"b\n", probability: 1)
        let strategies = SamplingStrategies(fallback: ServiceStrategy(.probabilistic(1), operations: [operation]))
        #expect(strategies.answer(for: "x").json().contains(#""operation":"a\"b\n""#))
    }

    @Test func `in protobuf an answer is Jaeger's message`() {
        let rate = SamplingAnswer(.rateLimiting(300)).protobuf
        #expect(rate == [0x08, 0x01, 0x1A, 0x03, 0x08, 0xAC, 0x02])
        // 0.5 is 0x3FE0000000000000.
        let half: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0xE0, 0x3F]
        #expect(SamplingAnswer(.probabilistic(0.5)).protobuf == [0x12, 0x09] + half)
        let operations = SamplingAnswer.OperationSampling(
            defaultProbability: 0.5,
            defaultLowerBound: 0,
            list: [OperationStrategy(operation: "op", probability: 0.5)]
        )
        let entry: [UInt8] = [0x0A, 0x02, 0x6F, 0x70, 0x12, 0x09] + half
        let expected: [UInt8] = [0x22, 0x1A] + half + [0x1A, 0x0F] + entry
        #expect(SamplingAnswer(nil, operations: operations).protobuf == expected)
    }
}
