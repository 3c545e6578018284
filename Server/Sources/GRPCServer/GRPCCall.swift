import Compression
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One call of a connection, from its headers to its status.
///
/// It lives on the connection's event loop.
final class GRPCCall {
    enum Phase {
        /// Its message, or its next one, is arriving.
        case receiving
        /// The method has it.
        case answering
        /// The method has it and answers with messages.
        case streaming(Task<Void, Never>)
        /// The status is written.
        case ended
    }

    let stream: HTTP2StreamID
    let path: String
    let method: GRPCMethod
    let metadata: HPACKHeaders
    /// How the client's packed messages are packed; nil if it packs none.
    let coding: ContentCoding?
    /// Whether the client takes packed messages.
    let takesGzip: Bool
    /// When the client stops waiting.
    let deadline: NIODeadline?
    /// When its messages must have arrived.
    let messageDeadline: NIODeadline
    var phase = Phase.receiving
    var assembler = MessageAssembler()
    /// The message of a call that has one.
    var message: ByteBuffer?
    var reservedBytes = 0
    /// The client has sent all.
    var isInputEnded = false
    /// Our headers are written.
    var isBegun = false

    init(
        stream: HTTP2StreamID,
        path: String,
        method: GRPCMethod,
        metadata: HPACKHeaders,
        coding: ContentCoding?,
        now: NIODeadline,
        messageTimeout: TimeAmount
    ) {
        self.stream = stream
        self.path = path
        self.method = method
        self.metadata = metadata
        self.coding = coding
        takesGzip = metadata.first(name: "grpc-accept-encoding").map(Self.namesGzip) ?? false
        deadline = metadata.first(name: "grpc-timeout").flatMap(Self.timeout).map { now + $0 }
        messageDeadline = min(now + messageTimeout, deadline ?? .distantFuture)
    }

    var request: GRPCRequest {
        GRPCRequest(path: path, message: message ?? ByteBuffer(), metadata: metadata, deadline: deadline)
    }

    private static func namesGzip(_ list: String) -> Bool {
        list.split(separator: ",").contains { $0.drop { $0 == " " } == "gzip" }
    }

    /// A value of `grpc-timeout`: up to eight digits and a unit; nil for anything else.
    static func timeout(_ text: String) -> TimeAmount? {
        let digits = text.utf8.dropLast()
        guard (1...8).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(text.dropLast())
        else { return nil }
        switch text.utf8.last {
        case UInt8(ascii: "H"): return .hours(number)
        case UInt8(ascii: "M"): return .minutes(number)
        case UInt8(ascii: "S"): return .seconds(number)
        case UInt8(ascii: "m"): return .milliseconds(number)
        case UInt8(ascii: "u"): return .microseconds(number)
        case UInt8(ascii: "n"): return .nanoseconds(number)
        default: return nil
        }
    }
}
