import Sampling
import Testing

@Suite struct RootRatesTests {
    @Test func `the rate is that of the last minute, whenever one asks`() throws {
        var rates = RootRates()
        for second in 0..<150 { rates.observe(service: "shop", operation: "buy", count: 2, at: Double(second)) }
        for second in [120.0, 135.0, 150.0] {
            var early = RootRates()
            for past in 0..<Int(second) { early.observe(service: "shop", operation: "buy", count: 2, at: Double(past)) }
            let rate = try #require(early.rates(at: second)["shop"]?["buy"])
            #expect(abs(rate - 2) < 0.05, "at \(second): \(rate)")
        }
        #expect(rates.rates(at: 400).isEmpty)
    }

    @Test func `names that never repeat do not pile up, and old ones make room`() {
        var rates = RootRates()
        for number in 0..<RootRates.operationsMax + 1_000 {
            rates.observe(service: "shop", operation: "\(number)", count: 1, at: 0)
        }
        #expect(rates.rates(at: 1)["shop"]?.count == RootRates.operationsMax)
        rates.observe(service: "shop", operation: "new", count: 60, at: 600)
        #expect(rates.rates(at: 600) == ["shop": ["new": 1]])
    }
}
