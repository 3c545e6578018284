import Testing
import Thrift

/// Whatever the bytes are, reading ends with a value or an error: never with a trap, never late.
@Suite struct ThriftFuzzTests {
    @Test func `a compact message cut anywhere is an error`() {
        for whole in [WireVector.compactBatch, WireVector.compactZipkin, WireVector.pythonQuickStart] {
            for length in 0..<whole.count {
                #expect(throws: ThriftError.self) {
                    let bytes = Array(whole.prefix(length))
                    var reader = CompactReader(bytes.span.bytes)
                    _ = try reader.message()
                }
            }
        }
    }

    @Test func `a binary message cut anywhere is an error`() {
        for length in 0..<WireVector.binaryBatch.count {
            #expect(throws: ThriftError.self) {
                let bytes = Array(WireVector.binaryBatch.prefix(length))
                var reader = BinaryReader(bytes.span.bytes)
                _ = try reader.message()
            }
        }
        for length in 0..<WireVector.binaryZipkinList.count {
            #expect(throws: ThriftError.self) {
                let bytes = Array(WireVector.binaryZipkinList.prefix(length))
                var reader = BinaryReader(bytes.span.bytes)
                _ = try reader.value(.list)
            }
        }
    }

    @Test func `any flipped bit is a value or an error with an offset inside the bytes`() {
        var outcomes = (values: 0, errors: 0)
        for bytes in [WireVector.compactBatch, WireVector.compactZipkin, WireVector.binaryBatch] {
            for bit in 0..<bytes.count * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                read(flipped, &outcomes)
            }
        }
        #expect(outcomes.values > 0)
        #expect(outcomes.errors > 0)
    }

    @Test func `random bytes are a value or an error with an offset inside the bytes`() {
        var generator = SeededGenerator(seed: 1)
        var outcomes = (values: 0, errors: 0)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...300, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Often behind a good header, so that the bytes beyond it are looked at.
            if generator.next() % 2 == 0 { bytes = WireVector.compactBatch.prefix(14) + bytes }
            read(bytes, &outcomes)
        }
        #expect(outcomes.errors > 0)
    }

    private func read(_ bytes: [UInt8], _ outcomes: inout (values: Int, errors: Int)) {
        attempt(&outcomes, bytes.count) { () throws(ThriftError) in
            var reader = CompactReader(bytes.span.bytes)
            _ = try reader.message()
        }
        attempt(&outcomes, bytes.count) { () throws(ThriftError) in
            var reader = BinaryReader(bytes.span.bytes)
            _ = try reader.message()
        }
        attempt(&outcomes, bytes.count) { () throws(ThriftError) in
            var reader = CompactReader(bytes.span.bytes)
            try reader.skip(.structure)
        }
        attempt(&outcomes, bytes.count) { () throws(ThriftError) in
            var reader = BinaryReader(bytes.span.bytes)
            try reader.skip(.structure)
        }
    }

    private func attempt(
        _ outcomes: inout (values: Int, errors: Int),
        _ count: Int,
        _ body: () throws(ThriftError) -> Void
    ) {
        do {
            try body()
            outcomes.values += 1
        } catch {
            #expect((0...count).contains(error.offset))
            outcomes.errors += 1
        }
    }
}
