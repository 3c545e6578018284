import Compression
import NIOCore
import NIOHTTP1

/// Takes in the requests of one connection, within bounds of size and time, and writes the answers.
///
/// It stands behind NIO's pipelining handler, which passes one request at a time. Packed bodies are unpacked as they
/// arrive, so that what is too much is refused before it is there. What it refuses before the end of the body it
/// answers at once; then it goes on reading for a moment and throws away what comes, because closing on a client that
/// still sends would take the answer from it.
final class SiteHandler<Site: HTTPSite>: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// For a request to begin.
        case waiting
        /// The body of a request.
        case receiving(HTTPRequestHead)
        /// The rest of a small body that nobody wants, until the answer can go out and the connection stay.
        case skipping(HTTPRequestHead, SiteAnswer)
        /// The site has the request.
        case answering(HTTPRequestHead)
        /// The last answer is written; what still comes is thrown away.
        case lingering
        /// Nothing any more.
        case closed
    }

    private let site: Site
    private let budget: ByteBudget
    private var state = State.waiting
    private var body = ByteBuffer()
    private var reservedBytes = 0
    /// Unpacks the body, if it is packed.
    private var decompressor: Decompressor?
    private var mustClose = false
    private var context: ChannelHandlerContext?
    private var deadline = NIODeadline.distantFuture
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?

    init(site: Site, budget: ByteBudget) {
        self.site = site
        self.budget = budget
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setDeadline(site.limits.headTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        alarm?.task.cancel()
        alarm = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The bytes of a request that the site still has are released when it answers.
        if case .answering = state {} else { releaseBody() }
        state = .closed
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head)
        case .body(let part): take(part)
        case .end: end()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            if case .answering = state { mustClose = true } else { context.close(promise: nil) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            refuse(parserError: error)
        } else {
            context.close(promise: nil)
        }
    }

    private func refuse(parserError error: HTTPParserError) {
        switch state {
        case .waiting, .receiving, .skipping: break
        case .answering, .lingering, .closed: return
        }
        releaseBody()
        let isLong = error == .headerOverflow
        let answer =
            isLong
            ? SiteAnswer.text(.requestHeaderFieldsTooLarge, "the headers are too large")
            : SiteAnswer.text(.badRequest, "this is not a request of HTTP/1: \(error)")
        writeLast(answer, isHead: false)
    }
}

// A request's parts.
extension SiteHandler {
    private func begin(_ head: HTTPRequestHead) {
        guard case .waiting = state else { return }
        setDeadline(site.limits.bodyTimeout)
        if head.uri.utf8.count > site.limits.targetBytesMax {
            return decline(head, .text(.uriTooLong, "the request's target is too long"))
        }
        if let answer = site.screen(head) { return decline(head, answer) }
        // One coding, or none: a body that is packed twice has no use but to be a bomb.
        let encodings = head.headers[canonicalForm: "Content-Encoding"].filter { $0 != "" && $0 != "identity" }
        let coding = encodings.count == 1 ? encodings.first.flatMap(ContentCoding.init(name:)) : nil
        if !encodings.isEmpty, coding == nil {
            return decline(head, site.refuse(.encoding(encodings.joined(separator: ", ")), head))
        }
        let length = declaredLength(head)
        if let length, length > site.limits.bodyBytesMax {
            return refuse(.tooLarge(limit: site.limits.bodyBytesMax), head)
        }
        if !budget.hasRoom(for: length ?? 0) { return refuse(.busy(retryAfterSeconds: budget.retryAfterSeconds), head) }
        do throws(DecompressionError) {
            decompressor = try coding.map { coding throws(DecompressionError) in
                try Decompressor(coding, limits: site.limits.decompression)
            }
        } catch {
            return refuse(SiteRefusal(error), head)
        }
        state = .receiving(head)
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context?.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    private func take(_ part: ByteBuffer) {
        guard case .receiving(let head) = state else { return }
        guard let decompressor else { return takePlain(part, head) }
        do throws(DecompressionError) {
            let isTaken = try decompressor.write(part.readableBytesSpan) { piece in
                guard budget.reserve(piece.byteCount) else { return false }
                reservedBytes += piece.byteCount
                body.writeBytes(piece)
                return true
            }
            if !isTaken { refuse(.busy(retryAfterSeconds: budget.retryAfterSeconds), head) }
        } catch {
            refuse(SiteRefusal(error), head)
        }
    }

    private func takePlain(_ part: ByteBuffer, _ head: HTTPRequestHead) {
        let count = part.readableBytes
        let total = body.readableBytes + count
        if total > site.limits.bodyBytesMax { return refuse(.tooLarge(limit: site.limits.bodyBytesMax), head) }
        guard budget.reserve(count) else { return refuse(.busy(retryAfterSeconds: budget.retryAfterSeconds), head) }
        reservedBytes += count
        if body.readableBytes == 0 {
            body = part
        } else {
            if body.writableBytes < count, body.capacity < 1 << 20 {
                // One step to the whole size where it is known and modest: a claim alone must not take memory.
                body.reserveCapacity(min(max(total, declaredLength(head) ?? 0), 1 << 20))
            }
            body.writeImmutableBuffer(part)
        }
    }

    private func end() {
        switch state {
        case .receiving(let head):
            do throws(DecompressionError) {
                try decompressor?.finish()
            } catch {
                return refuse(SiteRefusal(error), head)
            }
            decompressor = nil
            state = .answering(head)
            setDeadline(nil)
            let request = SiteRequest(head: head, body: body)
            body = ByteBuffer()
            guard let loop = context?.eventLoop else { return }
            let handler = NIOLoopBound(self, eventLoop: loop)
            site.answer(request) { answer in
                if loop.inEventLoop {
                    handler.value.finish(answer)
                } else {
                    loop.execute { handler.value.finish(answer) }
                }
            }
        case .skipping(let head, let answer):
            state = .answering(head)
            finish(answer)
        case .waiting, .answering, .lingering, .closed:
            break
        }
    }

    private func declaredLength(_ head: HTTPRequestHead) -> Int? {
        head.headers.first(name: "Content-Length").flatMap { Int($0) }
    }

    private func releaseBody() {
        body = ByteBuffer()
        decompressor = nil
        budget.release(reservedBytes)
        reservedBytes = 0
    }
}

// Answers.
extension SiteHandler {
    private func finish(_ answer: SiteAnswer) {
        releaseBody()
        guard case .answering(let head) = state else { return }
        if !head.isKeepAlive || mustClose {
            writeLast(answer, isHead: head.method == .HEAD, isBodyRead: true)
            return
        }
        state = .waiting
        setDeadline(site.limits.idleTimeout)
        write(answer, isHead: head.method == .HEAD, keepAlive: true, of: head, promise: nil)
    }

    /// Answers a request whose body nobody wants; a small one is read and thrown away, so that the connection stays.
    private func decline(_ head: HTTPRequestHead, _ answer: SiteAnswer) {
        let hasBody = head.headers.contains(name: "Transfer-Encoding")
        if !hasBody, declaredLength(head) ?? 0 <= 64 << 10 {
            state = .skipping(head, answer)
        } else {
            writeLast(answer, isHead: head.method == .HEAD)
        }
    }

    private func refuse(_ refusal: SiteRefusal, _ head: HTTPRequestHead) {
        releaseBody()
        writeLast(site.refuse(refusal, head), isHead: head.method == .HEAD)
    }

    private func writeLast(_ answer: SiteAnswer, isHead: Bool, isBodyRead: Bool = false) {
        state = .lingering
        setDeadline(site.limits.lingerTimeout)
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        promise.futureResult.whenComplete { _ in
            channel.close(mode: isBodyRead ? .all : .output, promise: nil)
        }
        write(answer, isHead: isHead, keepAlive: false, of: nil, promise: promise)
    }

    private func write(
        _ answer: SiteAnswer,
        isHead: Bool,
        keepAlive: Bool,
        of request: HTTPRequestHead?,
        promise: EventLoopPromise<Void>?
    ) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
        if answer.status.mayHaveResponseBody {
            head.headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.readableBytes))
        }
        if !keepAlive {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if request?.version == .http1_0 {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !isHead, answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }
}

// Deadlines: one timer a connection, moved only when it goes off too early, not once a request.
extension SiteHandler {
    private func setDeadline(_ amount: TimeAmount?) {
        guard let amount else {
            deadline = .distantFuture
            return
        }
        deadline = .now() + amount
        if alarm.map({ $0.at > deadline }) ?? true { setAlarm() }
    }

    private func setAlarm() {
        alarm?.task.cancel()
        guard let loop = context?.eventLoop else { return }
        let task = loop.assumeIsolated().scheduleTask(deadline: deadline) { self.alarmWentOff() }
        alarm = (deadline, task)
    }

    private func alarmWentOff() {
        alarm = nil
        if deadline == .distantFuture { return }
        if deadline > .now() { return setAlarm() }
        switch state {
        case .receiving(let head):
            refuse(.slow(seconds: site.limits.bodyTimeout.nanoseconds / 1_000_000_000), head)
        case .answering:
            break
        case .waiting, .skipping, .lingering, .closed:
            context?.close(promise: nil)
        }
    }
}
