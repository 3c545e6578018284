import NIOCore
import NIOHTTP1

extension SpanFile {
    /// Sends the spans to a server that runs, and waits as it asks when it is busy.
    ///
    /// - Parameters:
    ///   - host: Where the server listens.
    ///   - port: The number of each of its ports.
    public func send(host: String, port: @Sendable (PortName) -> Int) async throws(SpanFileError) {
        var senders: [Int: HTTPSender] = [:]
        for request in requests {
            let port = port(request.port)
            let sender = senders[port] ?? HTTPSender(host: host, port: port)
            senders[port] = sender
            try await Self.send(request, by: sender)
        }
        for sender in senders.values { await sender.close() }
    }

    private static func send(_ request: Request, by sender: HTTPSender) async throws(SpanFileError) {
        for _ in 0..<10 {
            let answer: HTTPSender.Answer
            do {
                answer = try await sender.send(
                    HTTPSender.Request(
                        target: request.path,
                        headers: [("Content-Type", request.contentType)],
                        body: ByteBuffer(bytes: request.body)
                    )
                )
            } catch {
                throw SpanFileError(
                    "no answer from \(sender.host), port \(sender.port): is martlet running there? (\(error))"
                )
            }
            if (200..<300).contains(answer.status.code) { return }
            guard answer.status == .tooManyRequests || answer.status == .serviceUnavailable else {
                throw SpanFileError("the server says \(answer.status.code): \(answer.text)")
            }
            do { try await Task.sleep(for: .seconds(answer.retryAfterSeconds ?? 1)) } catch {
                throw SpanFileError("cancelled")
            }
        }
        throw SpanFileError("the server is busy, and was after ten attempts")
    }
}
