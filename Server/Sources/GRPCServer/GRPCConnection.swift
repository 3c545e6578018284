import Compression
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Takes the calls of one HTTP/2 connection, within bounds of size and time, and writes the answers.
///
/// It stands behind `NIOHTTP2Handler` and reads its frames itself: a channel for each call, as NIO's multiplexer makes
/// them, costs more than the rest of a call. Frames that nobody may send, floods of resets, pings and continuations are
/// ended by that handler; what is bounded here is messages, windows, deadlines and what is under way.
final class GRPCConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    let site: GRPCSite
    var calls: [HTTP2StreamID: GRPCCall] = [:]
    var context: ChannelHandlerContext?
    private var isReading = false
    private var mustFlush = false
    private var isDraining = false
    private var newestStream = HTTP2StreamID.rootStream
    private var idleDeadline = NIODeadline.distantFuture
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?

    init(site: GRPCSite) {
        self.site = site
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        idleDeadline = .now() + site.limits.headTimeout
        setAlarm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        endAllCalls()
        self.context = nil
        alarm?.task.cancel()
        alarm = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        endAllCalls()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers):
            if let call = calls[frame.streamID] {
                // Trailers of a client's: nothing is in them.
                if headers.endStream { endInput(of: call) }
            } else {
                begin(frame.streamID, headers.headers, isEnd: headers.endStream)
            }
        case .data(let part):
            guard let call = calls[frame.streamID], case .byteBuffer(let bytes) = part.data else { return }
            take(bytes, of: call)
            if part.endStream { endInput(of: call) }
        case .settings: idleDeadline = max(idleDeadline, .now() + site.limits.idleTimeout)
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if mustFlush { flush() }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as NIOHTTP2WindowUpdatedEvent: widen(event)
        case let event as StreamClosedEvent:
            if let call = calls[event.streamID] { forget(call) }
        case is ChannelShouldQuiesceEvent: drain()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream's error has been answered with a reset; the others leave nothing to go on with.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    // MARK: Connections

    /// Lets the client send more once half of a window is used up.
    private func widen(_ event: NIOHTTP2WindowUpdatedEvent) {
        guard let left = event.inboundWindowSize else { return }
        let target: Int
        if event.streamID == .rootStream {
            target = site.limits.connectionWindow
        } else {
            guard let call = calls[event.streamID], !call.isInputEnded else { return }
            target = site.limits.callWindow
        }
        if left <= target / 2 { write(event.streamID, .windowUpdate(windowSizeIncrement: target - left)) }
    }

    /// Takes no further calls, and closes when those that are under way have their answers.
    private func drain() {
        if isDraining { return }
        isDraining = true
        write(.rootStream, .goAway(lastStreamID: newestStream, errorCode: .noError, opaqueData: nil))
        flushUnlessReading()
        closeIfDrained()
    }

    private func closeIfDrained() {
        guard isDraining, calls.isEmpty, let context else { return }
        flush()
        context.close(promise: nil)
    }

    private func endAllCalls() {
        for call in Array(calls.values) { forget(call) }
    }

    /// A call whose stream is closed: nothing of it is left but what its method may still do.
    func forget(_ call: GRPCCall) {
        if case .streaming(let task) = call.phase { task.cancel() }
        if case .answering = call.phase {
            // Its bytes are released when the method answers.
        } else {
            releaseBytes(of: call)
        }
        call.phase = .ended
        calls[call.stream] = nil
        if calls.isEmpty { idleDeadline = .now() + site.limits.idleTimeout }
        closeIfDrained()
    }

    func releaseBytes(of call: GRPCCall) {
        call.message = nil
        call.assembler = MessageAssembler()
        if call.reservedBytes > 0 { site.admission.release(call.reservedBytes) }
        call.reservedBytes = 0
    }

    func write(_ stream: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        mustFlush = true
        context.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: promise)
    }

    func flushUnlessReading() {
        if !isReading { flush() }
    }

    private func flush() {
        mustFlush = false
        context?.flush()
    }

    // MARK: Deadlines. One timer a connection: calls are looked at once a second, as long as there are any.

    func setAlarm() {
        guard let context else { return }
        let at = calls.isEmpty ? idleDeadline : .now() + .seconds(1)
        if let alarm, alarm.at <= at { return }
        alarm?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: at) { self.alarmWentOff() }
        alarm = (at, task)
    }

    private func alarmWentOff() {
        alarm = nil
        let now = NIODeadline.now()
        for call in Array(calls.values) {
            switch call.phase {
            case .receiving where call.messageDeadline < now:
                let words = "the message did not arrive in time"
                refuse(call, GRPCStatus(.deadlineExceeded, words), .slow)
            case .streaming(let task) where call.deadline ?? .distantFuture < now:
                task.cancel()
                end(call, GRPCStatus(.deadlineExceeded, "the call's deadline has passed"))
            default: break
            }
        }
        if calls.isEmpty, idleDeadline <= now {
            drain()
        } else {
            setAlarm()
        }
    }

    // MARK: Beginning

    private func begin(_ stream: HTTP2StreamID, _ headers: HPACKHeaders, isEnd: Bool) {
        newestStream = max(newestStream, stream)
        let path = headers.first(name: ":path") ?? ""
        guard headers.first(name: ":method") == "POST" else {
            return decline(stream, path, httpStatus: "405", "gRPC is POST", isEnd: isEnd)
        }
        guard let type = headers.first(name: "content-type"), type.hasPrefix("application/grpc") else {
            return decline(stream, path, httpStatus: "415", "this port takes application/grpc", isEnd: isEnd)
        }
        guard let method = site.methods[path] else {
            site.observe(path, .unknownMethod)
            return decline(stream, site.unknown(path), isEnd: isEnd)
        }
        var coding: ContentCoding?
        if let name = headers.first(name: "grpc-encoding"), name != "identity" {
            coding = ContentCoding(name: name)
            if coding == nil {
                site.observe(path, .unsupportedEncoding)
                let words = "grpc-encoding \"\(name.prefix(60))\" is not supported; send gzip, deflate or zstd"
                return decline(stream, GRPCStatus(.unimplemented, words), isEnd: isEnd)
            }
        }
        let call = GRPCCall(
            stream: stream,
            path: path,
            method: method,
            metadata: headers,
            coding: coding,
            now: .now(),
            messageTimeout: site.limits.messageTimeout
        )
        calls[stream] = call
        setAlarm()
        // As early as can be: no bytes of a message have been read.
        if let status = site.admission.refusal(for: 0) { return refuse(call, status, .busy) }
        if isEnd { endInput(of: call) }
    }
}
