import Compression
import NIOCore

// What comes in of a call, until its method has it.
extension GRPCConnection {
    func take(_ bytes: ByteBuffer, of call: GRPCCall) {
        guard case .receiving = call.phase else { return }
        let count = bytes.readableBytes
        if count > 0 {
            if let status = site.admission.reserve(count) { return refuse(call, status, .busy) }
            call.reservedBytes += count
            call.assembler.append(bytes)
        }
        while case .receiving = call.phase, let claimed = call.assembler.claimedBytes {
            if claimed > site.limits.messageBytesMax {
                let words = "the message of \(claimed) bytes is larger than the limit of \(site.limits.messageBytesMax)"
                return refuse(call, GRPCStatus(.resourceExhausted, words), .tooLarge)
            }
            guard let message = call.assembler.next() else {
                if let status = site.admission.refusal(for: claimed) { refuse(call, status, .busy) }
                return
            }
            guard let plain = unpack(message, of: call) else { return }
            deliver(plain, of: call)
        }
    }

    private func deliver(_ message: ByteBuffer, of call: GRPCCall) {
        if case .exchange(let answer) = call.method.kind {
            var request = call.request
            request.message = message
            switch answer(request) {
            case .success(let reply): send(reply, of: call)
            case .failure(let status): end(call, status)
            }
            site.admission.release(call.reservedBytes)
            call.reservedBytes = 0
        } else if call.message == nil {
            call.message = message
        } else {
            refuse(call, GRPCStatus(.internal, "a second message, where the method takes one"), .badRequest)
        }
    }

    func endInput(of call: GRPCCall) {
        call.isInputEnded = true
        guard case .receiving = call.phase else { return }
        if call.assembler.isWithin {
            return refuse(call, GRPCStatus(.internal, "the call ends within a message"), .badRequest)
        }
        if case .exchange = call.method.kind { return end(call, GRPCStatus(.ok)) }
        guard call.message != nil else {
            return refuse(call, GRPCStatus(.internal, "the call has no message, and the method takes one"), .badRequest)
        }
        switch call.method.kind {
        case .unary(let answer): self.answer(call, with: answer)
        case .serverStreaming(let answer): stream(call, with: answer)
        case .exchange: break
        }
    }

    /// The message as it was before it was packed; nil, and the call refused, if that cannot be had.
    private func unpack(_ message: MessageAssembler.Message, of call: GRPCCall) -> ByteBuffer? {
        if !message.isPacked { return message.bytes }
        guard let coding = call.coding else {
            let words = "a packed message in a call without grpc-encoding"
            refuse(call, GRPCStatus(.internal, words), .undecodable)
            return nil
        }
        let limits = DecompressionLimits(
            bytesMax: site.limits.messageBytesMax,
            ratioMax: site.limits.decompressionRatioMax
        )
        var plain = ByteBuffer()
        var busy: GRPCStatus?
        do throws(DecompressionError) {
            let decompressor = try Decompressor(coding, limits: limits)
            let isWhole = try decompressor.write(message.bytes.readableBytesSpan) { piece in
                busy = site.admission.reserve(piece.byteCount)
                if busy != nil { return false }
                call.reservedBytes += piece.byteCount
                plain.writeBytes(piece)
                return true
            }
            if isWhole { try decompressor.finish() }
        } catch {
            switch error {
            case .tooLarge, .bomb:
                refuse(call, GRPCStatus(.resourceExhausted, "the message is too large: \(error)"), .tooLarge)
            case .damaged, .truncated, .trailing, .exhausted:
                let words = "the message cannot be unpacked as \(coding.rawValue): \(error)"
                refuse(call, GRPCStatus(.invalidArgument, words), .undecodable)
            }
            return nil
        }
        if let busy {
            refuse(call, busy, .busy)
            return nil
        }
        return plain
    }

    private func answer(_ call: GRPCCall, with answer: GRPCMethod.Unary) {
        call.phase = .answering
        guard let loop = context?.eventLoop else { return }
        let state = NIOLoopBound((connection: self, call: call), eventLoop: loop)
        let request = call.request
        call.message = nil
        answer(request) { result in
            if loop.inEventLoop {
                state.value.connection.finish(state.value.call, result)
            } else {
                loop.execute { state.value.connection.finish(state.value.call, result) }
            }
        }
    }

    private func finish(_ call: GRPCCall, _ result: Result<ByteBuffer, GRPCStatus>) {
        releaseBytes(of: call)
        guard case .answering = call.phase else { return }
        switch result {
        case .success(let message):
            send(message, of: call)
            end(call, GRPCStatus(.ok))
        case .failure(let status): end(call, status)
        }
        flushUnlessReading()
    }

    private func stream(_ call: GRPCCall, with answer: @escaping GRPCMethod.ServerStreaming) {
        guard let loop = context?.eventLoop else { return }
        let state = NIOLoopBound((connection: self, call: call), eventLoop: loop)
        let request = call.request
        call.message = nil
        let writer = GRPCMessageWriter { message in
            try await loop.flatSubmit {
                let (connection, call) = state.value
                let promise = loop.makePromise(of: Void.self)
                connection.send(message, of: call, promise: promise)
                connection.flushUnlessReading()
                return promise.futureResult
            }.get()
        }
        let task = Task {
            var status = GRPCStatus(.ok)
            do {
                try await answer(request, writer)
            } catch let error as GRPCStatus {
                status = error
            } catch {
                status = GRPCStatus(error is CancellationError ? .cancelled : .internal, "\(error)")
            }
            let last = status
            loop.execute {
                let (connection, call) = state.value
                connection.end(call, last)
                connection.flushUnlessReading()
            }
        }
        call.phase = .streaming(task)
    }
}
