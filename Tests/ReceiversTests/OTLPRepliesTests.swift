import Receivers
import Testing

struct OTLPRepliesTests {
    @Test func `success is an empty partial success`() {
        #expect(OTLPReceiver.reply(json: true) == Array("{\"partialSuccess\":{}}".utf8))
        #expect(OTLPReceiver.reply(json: false) == [0x0A, 0x00])
    }

    @Test func `rejected spans are counted and explained`() {
        let json = OTLPReceiver.reply(rejectedSpans: 2, message: "a \"b\"", json: true)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"a \"b\""}}"#
        )
        let protobuf = OTLPReceiver.reply(rejectedSpans: 2, message: "ab", json: false)
        #expect(protobuf == [0x0A, 0x06, 0x08, 0x02, 0x12, 0x02, 0x61, 0x62])
    }
}
