import Receivers
import TraceModel

/// Requests as clients send them.
enum Samples {
    static let otlpTraceID = TraceID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)

    /// One span of the service `shop`.
    static let otlpJSON = otlp(spanIDs: ["0102030405060708"])
    /// A good span and one whose id is all zeros.
    static let otlpWithZeroID = otlp(spanIDs: ["0102030405060708", "0000000000000000"])

    /// Spans of the service `shop` with these ids.
    static func otlp(spanIDs: [String]) -> [UInt8] {
        let spans = spanIDs.map { id in
            """
            {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"\(id)","name":"buy",\
            "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000001000000000"}
            """
        }
        let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}"#
        let scopes = #"[{"spans":[\#(spans.joined(separator: ","))]}]"#
        return Array(#"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":\#(scopes)}]}"#.utf8)
    }

    static let zipkinJSON = Array(
        """
        [{"traceId":"000000000000000a","id":"000000000000000b","name":"get","timestamp":1700000000000000,\
        "duration":1000,"localEndpoint":{"serviceName":"zjson"}}]
        """.utf8
    )

    /// `emitBatch` in the compact protocol: one span of the service `svc`, trace 1112131415161718 0102030405060708.
    static let compactDatagram = bytes(
        """
        82810009656d697442617463681c1c1803737663191c180269701500180831302e302e302e310000191c16909cb0d080c1818202\
        16b0dcb0d182c58992221603160018026f70191c1502160e16001612001502168080f2818389850616b817195c1801731500180176\
        00180164150227000000000000f83f001801621504310018016c150646050018017815085802414200191c16c881f28183898506\
        191c18056576656e7415001801650000000000
        """
    )
    static let compactTraceID = TraceID(high: 0x1112_1314_1516_1718, low: 0x0102_0304_0506_0708)

    /// The same in the binary protocol.
    static let binaryDatagram = bytes(
        """
        8001000400000009656d69744261746368000000000c00010c00010b0001000000037376630f00020c000000010b0001000000026970\
        080002000000000b00030000000831302e302e302e3100000f00020c000000010a000101020304050607080a000211121314151617180a\
        0003fffffffffffffffe0a000400000000000000000b0005000000026f700f00060c00000001080001000000010a\
        00020000000000000007\
        0a000300000000000000000a0004000000000000000900080007000000010a000800060a24181e40000a000900000000000005dc0f000a\
        0c000000050b00010000000173080002000000000b00030000000176000b00010000000164080002000000010400043ff80000000000\
        00000b000100000001620800020000000202000501000b0001000000016c080002000000030a0006fffffffffffffffd000b0001000000\
        0178080002000000040b0007000000024142000f000b0c000000010a000100060a24181e40640f00020c000000010b0001000000056576\
        656e74080002000000000b000300000001650000000000
        """
    )

    /// The bare batch of it, as HTTP has it: without the envelope, and without the end of the arguments.
    static let jaegerBatch = Array(binaryDatagram.dropFirst(24).dropLast())

    /// `emitZipkinBatch` in the compact protocol: one span of the service `zsvc`.
    static let zipkinDatagram = bytes(
        """
        8281000f656d69745a69706b696e4261746368191c1602280367657416041602192c168080f28183898506180273721c15828080f00f14\
        a07e18047a737663000016d08ff28183898506180273731c15828080f00f14a07e18047a7376630000291c1809687474702e7061746818\
        022f78150c1c15828080f00f14a07e18047a7376630000 11168080f2818389850616d00f0000
        """
    )

    /// Zipkin's list of one span of the service `zsvc`, in Thrift.
    static let zipkinThrift = bytes(
        """
        0c000000010a000100000000000000010b0003000000036765740a000400000000000000020a000500000000000000010f00060c0000\
        00020a000100060a24181e40000b00020000000273720c00030800017f0000010600021f900b0003000000047a73766300000a00010006\
        0a24181e43e80b00020000000273730c00030800017f0000010600021f900b0003000000047a73766300000f00080c000000010b0001\
        00000009687474702e706174680b0002000000022f78080003000000060c00040800017f0000010600021f900b0003000000047a737663\
        0000020009010a000a00060a24181e40000a000b00000000000003e800
        """
    )

    /// Bytes as a gzip file that packs nothing (RFC 1951, 3.2.4; RFC 1952).
    static func storedGzip(_ content: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        let count = UInt16(content.count)
        file += [1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
        file += content
        var crc: UInt32 = .max
        for byte in content {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for value in [~crc, UInt32(content.count)] {
            file += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        return file
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex.compactMap({ $0.hexDigitValue }) {
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return bytes
    }
}

/// A small gzip file that unpacks to very much.
enum DeflateBomb {
    /// So many times 258 zeros, in about two bits each: fixed codes, a zero and then matches of 258 at distance 1.
    static func gzip(blocks: Int) -> [UInt8] {
        var bits: [Bool] = []
        // Final block, fixed codes.
        bits += [true, true, false]
        // The literal 0 has the code 00110000.
        bits += [false, false, true, true, false, false, false, false]
        // The length 258 is the code 285, 11000101; the distance 1 is 00000. Codes go highest bit first.
        let match = [true, true, false, false, false, true, false, true] + [Bool](repeating: false, count: 5)
        for _ in 0..<blocks { bits += match }
        bits += [Bool](repeating: false, count: 7)
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        for start in stride(from: 0, to: bits.count, by: 8) {
            var byte: UInt8 = 0
            for (shift, bit) in bits[start..<min(start + 8, bits.count)].enumerated() where bit {
                byte |= 1 << UInt8(shift)
            }
            file.append(byte)
        }
        return file + [UInt8](repeating: 0, count: 8)
    }
}

extension Samples {
    /// What a receiver makes of spans of one service.
    static func received(service: String, spans: Int) -> Received {
        var received = Received()
        var resource = Resource()
        resource.service = received.batch.strings.intern(service)
        received.batch.resources = [resource]
        for span in 1...spans {
            var row = SpanRow()
            row.traceID = TraceID(low: 1)
            row.spanID = SpanID(UInt64(span))
            received.batch.appendSpan(row)
        }
        return received
    }
}
