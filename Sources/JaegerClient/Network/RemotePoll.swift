import Dispatch
import Logging
import Synchronization

/// Asks a server the same question again and again, on a thread of the system's.
///
/// Each wait is up to a tenth shorter or longer than the interval, so that processes that were started together do not
/// ask together; the first question comes within a second.
final class RemotePoll: Sendable {
    private struct State {
        var isStopped = false
        var hasFailed = false
    }

    private let what: String
    private let request: HTTPRequest
    private let interval: Duration
    private let transport: any HTTPTransport
    private let logger: Logger
    private let queue = DispatchQueue(label: "jaeger-poll", qos: .utility)
    private let state = Mutex(State())
    private let job = Mutex<Job?>(nil)

    /// What is asked and what becomes of the answer.
    private struct Job: Sendable {
        var url: @Sendable () -> String?
        var take: @Sendable (Result<JSONValue, any Error>) throws -> Void
    }

    init(
        what: String,
        request: HTTPRequest,
        interval: Duration,
        transport: any HTTPTransport,
        logger: Logger
    ) {
        self.what = what
        self.request = request
        self.interval = interval
        self.transport = transport
        self.logger = logger
    }

    deinit { stop() }

    /// Begins to ask.
    ///
    /// - Parameters:
    ///   - url: Where, when that changes from one question to the next; nil to leave this one out.
    ///   - take: Gets each answer, and throws when it can't be used.
    func start(
        changingURL url: (@Sendable () -> String?)? = nil,
        _ take: @escaping @Sendable (Result<JSONValue, any Error>) throws -> Void
    ) {
        let fixed = request.url
        job.withLock { $0 = Job(url: url ?? { fixed }, take: take) }
        schedule(after: min(interval.nanoseconds, 1_000_000_000), from: 0)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// Asks now; returns when the answer was taken.
    func now() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.ask()
                continuation.resume()
            }
        }
    }

    /// Asks once after a random time between two bounds, in nanoseconds.
    private func schedule(after most: Int64, from least: Int64) {
        let wait = Int64.random(in: least...max(least, most))
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(wait))) { [weak self] in
            guard let self, !self.state.withLock({ $0.isStopped }) else { return }
            self.ask()
            let nanoseconds = self.interval.nanoseconds
            self.schedule(after: nanoseconds / 10 * 11, from: nanoseconds / 10 * 9)
        }
    }

    private func ask() {
        guard !state.withLock({ $0.isStopped }), let job = job.withLock({ $0 }), let url = job.url() else { return }
        do {
            try job.take(Result { try answer(url) })
            let hadFailed = state.withLock { state in
                defer { state.hasFailed = false }
                return state.hasFailed
            }
            if hadFailed { logger.info("\(request.url) answers again about \(what)") }
        } catch {
            // Once: it will fail again every minute for as long as the server is away.
            let isFirst = state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isFirst { logger.warning("\(request.url) says nothing usable about \(what): \(error)") }
        }
    }

    private func answer(_ url: String) throws -> JSONValue {
        var request = request
        request.url = url
        let response = try transport.send(request)
        guard response.status == 200 else {
            let text = String(decoding: response.body.prefix(200), as: UTF8.self)
            throw InvalidAnswer(
                "status \(response.status)" + (text.isEmpty ? "" : ": \(HeaderText.trimmed(text[...]))")
            )
        }
        return try JSONValue(response.body)
    }
}
