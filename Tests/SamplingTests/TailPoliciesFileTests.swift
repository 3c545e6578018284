import Foundation
import Sampling
import SpanStorage
import Testing

@Suite struct TailPoliciesFileTests {
    private static func options(_ json: String) throws -> TailOptions {
        try TailOptions(JSONDecoder().decode(TailPoliciesFile.self, from: Data(json.utf8)))
    }

    @Test func `every type of policy is read`() throws {
        let options = try Self.options(
            """
            {"decision_wait": "5s", "removal_interval": "1m", "max_waiting_traces": 1000, "policies": [
              {"name": "errors", "type": "error"},
              {"name": "slow", "type": "latency", "at_least": "1.5s"},
              {"name": "pay", "type": "attribute", "query": "{ span.http.route = \\"/pay\\" }"},
              {"name": "canary", "type": "attribute", "key": "deployment", "values": ["canary", "beta"]},
              {"name": "slow canary", "type": "and", "policies": [
                {"type": "latency", "at_least": "100ms", "at_most": "1s"}, {"type": "error"}]},
              {"name": "mix", "type": "composite", "spans_per_second": 100, "policies": [
                {"type": "error", "share": 0.75}, {"type": "always", "share": 0.25}]},
              {"name": "flow", "type": "rate", "spans_per_second": 50},
              {"name": "some", "type": "probability", "probability": 0.01}
            ]}
            """
        )
        #expect(options.decisionWait == 5_000_000_000 && options.removalInterval == 60_000_000_000)
        #expect(options.waitingTracesMax == 1_000)
        let rules = options.policies.map(\.rule)
        #expect(rules[0] == .error && rules[0].typeName == "error")
        #expect(rules[1] == .latency(1_500_000_000...UInt64.max))
        #expect(rules[2].typeName == "attribute")
        #expect(
            rules[3]
                == .span(
                    .any([
                        .tag(TagCondition(key: "deployment", text: "canary")),
                        .tag(TagCondition(key: "deployment", text: "beta")),
                    ])
                )
        )
        #expect(rules[4] == .all([.latency(100_000_000...1_000_000_000), .error]))
        #expect(rules[6] == .rate(spansPerSecond: 50) && rules[7] == .probability(0.01))
        guard case .composite(let rate, let parts) = rules[5] else {
            Issue.record("not a composite: \(rules[5])")
            return
        }
        #expect(rate == 100 && parts.map(\.share) == [0.75, 0.25])
    }

    @Test(
        arguments: [
            (#"{"policies": []}"#, "policies: there are none"),
            (#"{"policies": [{"type": "probabilty"}]}"#, "policies[0].type: there is no policy \"probabilty\""),
            (#"{"policies": [{"type": "probability"}]}"#, "policies[0].probability: expected a number from 0 to 1; it"),
            (#"{"policies": [{"type": "probability", "probability": 2}]}"#, "policies[0].probability: expected"),
            (
                #"{"policies": [{"type": "error", "probability": 1}]}"#,
                "policies[0].probability: a policy \"error\" has"
            ),
            (#"{"policies": [{"type": "latency"}]}"#, "policies[0].at_least: is missing"),
            (
                #"{"policies": [{"type": "latency", "at_least": "soon"}]}"#,
                "policies[0].at_least: \"soon\" is not a dur"
            ),
            (
                #"{"policies": [{"type": "attribute", "query": "{ .a = }"}]}"#,
                "policies[0].query: line 1, column 8: expected"
            ),
            (
                #"{"policies": [{"type": "attribute", "query": "{ traceDuration > 1s }"}]}"#,
                "policies[0].query: a policy asks single spans"
            ),
            (#"{"policies": [{"type": "attribute", "key": "a"}]}"#, "policies[0].query: is missing; expected a query"),
            (#"{"policies": [{"type": "rate", "spans_per_second": -1}]}"#, "policies[0].spans_per_second: expected"),
            (
                #"{"policies": [{"type": "and", "policies": [{"type": "error"}, {"type": "rate"}]}]}"#,
                "policies[0].policies[1].spans_per_second: expected a number above 0; it is missing"
            ),
            (
                #"{"policies": [{"type": "composite", "spans_per_second": 1, "policies": [{"type": "error"}]}]}"#,
                "policies[0].policies[0].share: expected a share"
            ),
            (#"{"policies": [{"type": "error"}, {"type": "error"}]}"#, "policies[1].name: \"error\" is there before"),
            (
                #"{"decision_wait": "0s", "policies": [{"type": "error"}]}"#,
                "decision_wait: 0s is not between 1ms and 1h"
            ),
            (#"{"max_waiting_traces": 0, "policies": [{"type": "error"}]}"#, "max_waiting_traces: 0 is not between"),
        ] as [(String, String)]
    )
    func `what cannot be used is refused with the field and the reason`(json: String, words: String) throws {
        let error = #expect(throws: TailPolicyError.self) { try Self.options(json) }
        let text = try #require(error).description
        #expect(text.hasPrefix(words), "\(text)")
    }

    @Test func `a field that nobody knows is an error, not ignored`() {
        #expect {
            try Self.options(#"{"policies": [{"type": "error", "treshold": "1s"}]}"#)
        } throws: { error in
            guard case DecodingError.dataCorrupted(let context) = error else { return false }
            return context.codingPath.map(\.stringValue).last == "treshold"
        }
    }
}
