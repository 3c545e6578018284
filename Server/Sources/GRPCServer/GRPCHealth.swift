import NIOCore
import Synchronization
import TraceModel

/// The service `grpc.health.v1.Health` (grpc/health/v1/health.proto): what load balancers and probes ask.
public final class GRPCHealth: Sendable {
    static let name = "grpc.health.v1.Health"

    private enum Serving: UInt64 {
        case serving = 1
        case notServing = 2
        case serviceUnknown = 3
    }

    private struct State {
        var isServing = false
        var watchers: [Int: AsyncStream<Bool>.Continuation] = [:]
        var next = 0
    }

    private static let watchersMax = 1000
    private let state = Mutex(State())

    /// Not serving yet.
    public init() {}

    /// Says from now on whether the server serves; watchers hear of it.
    public func set(isServing: Bool) {
        state.withLock { state in
            state.isServing = isServing
            for watcher in state.watchers.values { watcher.yield(isServing) }
        }
    }

    /// The service, for a port that has these others.
    func service(for names: [String]) -> GRPCService {
        let known = Set(names + ["", Self.name])
        return GRPCService(
            Self.name,
            methods: [
                "Check": .unary { request, reply in
                    guard let service = Self.service(in: request) else {
                        return reply(.failure(GRPCStatus(.invalidArgument, "not a HealthCheckRequest")))
                    }
                    guard known.contains(service) else {
                        return reply(.failure(GRPCStatus(.notFound, "unknown service")))
                    }
                    let isServing = self.state.withLock { $0.isServing }
                    reply(.success(Self.response(isServing ? .serving : .notServing)))
                },
                "Watch": .serverStreaming { request, writer in
                    guard let service = Self.service(in: request) else {
                        throw GRPCStatus(.invalidArgument, "not a HealthCheckRequest")
                    }
                    try await self.watch(isKnown: known.contains(service), writer)
                },
            ]
        )
    }

    private func watch(isKnown: Bool, _ writer: GRPCMessageWriter) async throws {
        let (changes, change) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        let key: Int? = state.withLock { state in
            if state.watchers.count >= Self.watchersMax { return nil }
            state.next += 1
            state.watchers[state.next] = change
            change.yield(state.isServing)
            return state.next
        }
        guard let key else { throw GRPCStatus(.resourceExhausted, "too many watch the health of this server") }
        defer { _ = state.withLock { $0.watchers.removeValue(forKey: key) } }
        var last: Serving?
        for await isServing in changes {
            let now: Serving = isKnown ? (isServing ? .serving : .notServing) : .serviceUnknown
            if now != last { try await writer.write(Self.response(now)) }
            last = now
        }
    }

    /// `HealthCheckRequest{1 service}`.
    private static func service(in request: GRPCRequest) -> String? {
        var reader = ByteReader(request.message.readableBytesSpan)
        var service = ""
        do throws(ByteError) {
            while let tag = try reader.tag() {
                if tag.number == 1, tag.type == .delimited {
                    service = String(copying: try reader.delimited())
                } else {
                    try reader.skip(tag.type)
                }
            }
        } catch {
            return nil
        }
        return service
    }

    /// `HealthCheckResponse{1 status}`.
    private static func response(_ serving: Serving) -> ByteBuffer {
        ByteBuffer(bytes: [0x08, UInt8(serving.rawValue)])
    }
}
