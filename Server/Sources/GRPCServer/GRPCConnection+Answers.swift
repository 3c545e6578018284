import Compression
import NIOCore
import NIOHPACK
import NIOHTTP2
import TraceModel

// What goes out.
extension GRPCConnection {
    private static let head: HPACKHeaders = [
        ":status": "200", "content-type": "application/grpc", "grpc-accept-encoding": "identity,gzip,deflate,zstd",
    ]
    private static let packedHead: HPACKHeaders = [
        ":status": "200", "content-type": "application/grpc", "grpc-encoding": "gzip",
        "grpc-accept-encoding": "identity,gzip,deflate,zstd",
    ]
    private static let success: HPACKHeaders = ["grpc-status": "0"]

    /// Writes a message of the answer, after our headers.
    func send(_ message: ByteBuffer, of call: GRPCCall, promise: EventLoopPromise<Void>? = nil) {
        if case .ended = call.phase {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        if !call.isBegun {
            call.isBegun = true
            write(call.stream, .headers(.init(headers: call.takesGzip ? Self.packedHead : Self.head)))
        }
        var packed: [UInt8]?
        if call.takesGzip, message.readableBytes >= site.limits.compressedBytesMin {
            packed = Gzip.compress(message.readableBytesSpan)
        }
        let frame = MessageAssembler.framed(message, packed: packed)
        write(call.stream, .data(.init(data: .byteBuffer(frame))), promise: promise)
    }

    /// Ends a call with its status.
    func end(_ call: GRPCCall, _ status: GRPCStatus) {
        if case .ended = call.phase { return }
        call.phase = .ended
        let trailers = call.isBegun ? Self.trailers(status) : Self.trailersOnly(status)
        write(call.stream, .headers(.init(headers: trailers, endStream: true)))
        // What the client would still send is not wanted (RFC 9113, section 8.1).
        if !call.isInputEnded { write(call.stream, .rstStream(.noError)) }
        forget(call)
    }

    /// Ends a call that its method did not see.
    func refuse(_ call: GRPCCall, _ status: GRPCStatus, _ refusal: GRPCRefusal) {
        site.observe(call.path, refusal)
        end(call, status)
        flushUnlessReading()
    }

    /// Answers what is no call of any method.
    func decline(_ stream: HTTP2StreamID, _ status: GRPCStatus, isEnd: Bool) {
        write(stream, .headers(.init(headers: Self.trailersOnly(status), endStream: true)))
        if !isEnd { write(stream, .rstStream(.noError)) }
    }

    /// Answers what is no gRPC, in plain HTTP.
    func decline(_ stream: HTTP2StreamID, _ path: String, httpStatus: String, _ words: String, isEnd: Bool) {
        site.observe(path, .badRequest)
        let headers: HPACKHeaders = [":status": httpStatus, "content-type": "text/plain; charset=utf-8"]
        write(stream, .headers(.init(headers: headers)))
        write(stream, .data(.init(data: .byteBuffer(ByteBuffer(string: words + "\n")), endStream: true)))
        if !isEnd { write(stream, .rstStream(.noError)) }
    }

    private static func trailersOnly(_ status: GRPCStatus) -> HPACKHeaders {
        var headers: HPACKHeaders = [
            ":status": "200", "content-type": "application/grpc", "grpc-accept-encoding": "identity,gzip,deflate,zstd",
        ]
        add(status, to: &headers)
        return headers
    }

    private static func trailers(_ status: GRPCStatus) -> HPACKHeaders {
        if status.code == .ok { return success }
        var headers = HPACKHeaders()
        add(status, to: &headers)
        return headers
    }

    private static func add(_ status: GRPCStatus, to headers: inout HPACKHeaders) {
        headers.add(name: "grpc-status", value: String(status.code.rawValue))
        if !status.message.isEmpty {
            headers.add(name: "grpc-message", value: status.percentEncodedMessage, indexing: .nonIndexable)
        }
        if status.hasDetails {
            var shortened = status
            shortened.message = String(status.message.prefix(500))
            headers.add(name: "grpc-status-details-bin", value: base64(shortened.protobuf), indexing: .nonIndexable)
        }
    }

    /// Values of binary headers are base64 without padding.
    private static func base64(_ bytes: [UInt8]) -> String {
        String(base64Text(bytes).prefix { $0 != "=" })
    }
}
