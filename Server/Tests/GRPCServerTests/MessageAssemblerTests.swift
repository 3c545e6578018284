import NIOCore
import Testing

@testable import GRPCServer

@Suite struct MessageAssemblerTests {
    private static let messages: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 40_000), [9]]

    private static var stream: [UInt8] {
        messages.flatMap { message in
            let frame = MessageAssembler.framed(ByteBuffer(bytes: message), packed: nil)
            return Array(frame.readableBytesView)
        }
    }

    @Test(arguments: [1, 2, 5, 6, 1_000, 100_000])
    func `messages come out as they went in, in pieces of any size`(step: Int) {
        let stream = Self.stream
        var assembler = MessageAssembler()
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: step) {
            assembler.append(ByteBuffer(bytes: stream[start..<min(stream.count, start + step)]))
            while let message = assembler.next() {
                #expect(!message.isPacked)
                found.append(Array(message.bytes.readableBytesView))
            }
        }
        #expect(found == Self.messages)
        #expect(!assembler.isWithin)
    }

    @Test func `the claimed length is known from the first five bytes, and claims no memory`() {
        var assembler = MessageAssembler()
        assembler.append(ByteBuffer(bytes: [0, 0xFF, 0xFF]))
        #expect(assembler.claimedBytes == nil)
        assembler.append(ByteBuffer(bytes: [0xFF, 0xFF]))
        #expect(assembler.claimedBytes == 0xFFFF_FFFF)
        #expect(assembler.next()?.bytes == nil)
        #expect(assembler.isWithin)
    }

    @Test func `a packed message says so`() {
        var assembler = MessageAssembler()
        assembler.append(MessageAssembler.framed(ByteBuffer(), packed: [5, 6]))
        let message = assembler.next()
        #expect(message?.isPacked == true)
        #expect(message.map { Array($0.bytes.readableBytesView) } == [5, 6])
    }

    @Test(arguments: [
        ("3S", TimeAmount.seconds(3)), ("99999999n", .nanoseconds(99_999_999)), ("5m", .milliseconds(5)),
        ("1H", .hours(1)), ("2M", .minutes(2)), ("7u", .microseconds(7)),
    ])
    func `a time-out of gRPC is read`(text: String, amount: TimeAmount) {
        #expect(GRPCCall.timeout(text) == amount)
    }

    @Test(arguments: ["", "S", "3", "-1S", "123456789S", "1.5S", "3s", "3 S"])
    func `what is no time-out is none`(text: String) {
        #expect(GRPCCall.timeout(text) == nil)
    }
}
