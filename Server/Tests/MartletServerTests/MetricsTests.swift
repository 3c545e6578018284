import SpanStorage
import Testing
import TraceModel

@testable import MartletServer

@Suite struct MetricsTests {
    @Test func `names of services cannot break the text or make up a sample`() {
        var text = PrometheusText()
        text.begin("spans", .counter, "Spans.")
        text.sample("spans", [("svc", "a\"} 1\nspans{svc=\"\\")], 2)
        let sample = #"spans{svc="a\"} 1\nspans{svc=\"\\"} 2"#
        #expect(text.text == "# HELP spans Spans.\n# TYPE spans counter\n\(sample)\n")
    }

    @Test func `drops of the kernel are read from its table`() {
        var drops: [Int: UInt64] = [:]
        KernelDrops.add(
            """
               sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode and so on
             2101: 0100007F:1AAF 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 30 2 0000 17
             2102: 00000000000000000000000001000000:1AAF 0:0 07 0:0 00:0 0 0 0 31 2 0000 3
            nonsense
            """,
            to: &drops
        )
        #expect(drops == [6831: 20])
    }

    @Test func `times are written as RFC 3339 wants them`() {
        #expect(UTCTime(nanoseconds: 0).description == "1970-01-01T00:00:00.000Z")
        #expect(UTCTime(nanoseconds: 951_827_696_789_000_000).description == "2000-02-29T12:34:56.789Z")
        #expect(UTCTime(nanoseconds: 4_102_444_799_999_999_999).description == "2099-12-31T23:59:59.999Z")
    }

    @Test func `services beyond the limit share a row, and the books still balance`() {
        let ledger = SpanLedger()
        for index in 0..<SpanLedger.servicesMax + 50 {
            let entry = ledger.receive(Samples.received(service: "service-\(index)", spans: 2), from: .otlpHTTP)
            ledger.settle(entry, index % 3 == 0 ? .diskFull(path: "disk") : nil)
        }
        let rows = ledger.rows
        #expect(rows.count == SpanLedger.servicesMax + 1)
        #expect(rows.last?.service == SpanLedger.otherServices)
        #expect(rows.last?.received == 100)
        for row in rows { #expect(row.received == row.stored + row.rejected.reduce(0, +)) }
    }
}
