import NIOCore
import NIOHPACK

/// A service: methods by name.
public struct GRPCService: Sendable {
    /// The full name, such as `jaeger.api_v2.CollectorService`.
    public var name: String
    /// By the method's name.
    public var methods: [String: GRPCMethod]

    /// Makes a service from its parts.
    public init(_ name: String, methods: [String: GRPCMethod]) {
        self.name = name
        self.methods = methods
    }
}

/// One method: bytes of protobuf in, bytes of protobuf out.
public struct GRPCMethod: Sendable {
    /// Answers a call, by calling `reply` once, now or later, on any thread.
    public typealias Unary =
        @Sendable (GRPCRequest, _ reply: @escaping @Sendable (Result<ByteBuffer, GRPCStatus>) -> Void) -> Void
    /// Answers a call with messages, then returns; what it throws is the status if it is a `GRPCStatus`.
    ///
    /// Its task is cancelled when the client goes or the deadline passes.
    public typealias ServerStreaming = @Sendable (GRPCRequest, GRPCMessageWriter) async throws -> Void
    /// Answers each message of a call with one, in order, at once.
    public typealias Exchange = @Sendable (GRPCRequest) -> Result<ByteBuffer, GRPCStatus>

    enum Kind: Sendable {
        case unary(Unary)
        case serverStreaming(ServerStreaming)
        case exchange(Exchange)
    }

    let kind: Kind

    /// A method that takes one message and answers with one.
    ///
    /// It is called on the connection's event loop.
    public static func unary(_ answer: @escaping Unary) -> GRPCMethod {
        GRPCMethod(kind: .unary(answer))
    }

    /// A method that takes one message and answers with any number.
    public static func serverStreaming(_ answer: @escaping ServerStreaming) -> GRPCMethod {
        GRPCMethod(kind: .serverStreaming(answer))
    }

    /// A method that answers each message with one, in order.
    ///
    /// It is called on the connection's event loop.
    public static func exchange(_ answer: @escaping Exchange) -> GRPCMethod {
        GRPCMethod(kind: .exchange(answer))
    }
}

/// A message that came in, and what came with it.
public struct GRPCRequest: Sendable {
    /// `/service/method`.
    public var path: String
    /// The message, unpacked.
    public var message: ByteBuffer
    /// The headers of the call.
    public var metadata: HPACKHeaders
    /// When the client stops waiting; nil if it did not say.
    public var deadline: NIODeadline?

    /// The first value of a header, by its name in lower case.
    public func metadata(_ name: String) -> String? { metadata.first(name: name) }
}

/// Where a method with many answers puts them.
public struct GRPCMessageWriter: Sendable {
    let send: @Sendable (ByteBuffer) async throws -> Void

    /// Sends a message; returns when the network has taken it, so that a slow client slows the method.
    ///
    /// Throws when the client is gone.
    public func write(_ message: ByteBuffer) async throws {
        try Task.checkCancellation()
        try await send(message)
    }
}

/// What decides whether there is room for what comes in.
public protocol GRPCAdmission: Sendable {
    /// Reserves bytes of messages, or says why not, and when to try again.
    func reserve(_ bytes: Int) -> GRPCStatus?
    /// Whether there is room for so many bytes at the moment; the status says why not.
    func refusal(for bytes: Int) -> GRPCStatus?
    /// Gives reserved bytes back.
    func release(_ bytes: Int)
}

/// Why a call ended before its method saw it.
public enum GRPCRefusal: Sendable {
    case unknownMethod, badRequest, tooLarge, undecodable, unsupportedEncoding, busy, slow
}

/// What answers the calls of one port.
public struct GRPCSite: Sendable {
    /// The bounds.
    public var limits: GRPCLimits
    let methods: [String: GRPCMethod]
    let serviceNames: [String]
    let admission: any GRPCAdmission
    let observe: @Sendable (_ path: String, GRPCRefusal) -> Void

    /// Makes a site; health and reflection answer for it too.
    ///
    /// - Parameters:
    ///   - services: What it serves.
    ///   - limits: The bounds.
    ///   - admission: Decides whether there is room for what comes in.
    ///   - health: How the port is.
    ///   - observe: Told of every call that ended before its method saw it, on the connection's event loop.
    public init(
        _ services: [GRPCService],
        limits: GRPCLimits = GRPCLimits(),
        admission: any GRPCAdmission,
        health: GRPCHealth,
        observe: @escaping @Sendable (_ path: String, GRPCRefusal) -> Void = { _, _ in }
    ) {
        let names = services.map(\.name)
        let all = services + [health.service(for: names)] + GRPCReflection.services(for: names + [GRPCHealth.name])
        var methods: [String: GRPCMethod] = [:]
        for service in all {
            for (name, method) in service.methods { methods["/\(service.name)/\(name)"] = method }
        }
        self.methods = methods
        serviceNames = all.map(\.name)
        self.limits = limits
        self.admission = admission
        self.observe = observe
    }

    /// Why there is no such method, in the words of gRPC's own servers.
    func unknown(_ path: String) -> GRPCStatus {
        let parts = path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard path.hasPrefix("/"), parts.count == 2 else {
            return GRPCStatus(.unimplemented, "malformed method name: \"\(path.prefix(200))\"")
        }
        if serviceNames.contains(String(parts[0])) {
            return GRPCStatus(.unimplemented, "unknown method \(parts[1].prefix(200)) for service \(parts[0])")
        }
        let known = serviceNames.joined(separator: ", ")
        return GRPCStatus(.unimplemented, "unknown service \(parts[0].prefix(200)); this port has \(known)")
    }
}

/// The bounds of a port, so that no client can make it hold much for long.
public struct GRPCLimits: Sendable {
    /// Bytes of a message, packed or not.
    public var messageBytesMax = 64 << 20
    /// How many times its size a message may unpack to, once that is over a mebibyte.
    public var decompressionRatioMax = 200
    /// Bytes of a call's headers, as HPACK counts them.
    public var headerBytesMax = 32 << 10
    /// Calls of a connection at a time.
    public var callsMax = 100
    /// Bytes that a client may send ahead, of one call.
    public var callWindow = 1 << 20
    /// Bytes that a client may send ahead, of all calls of a connection.
    public var connectionWindow = 4 << 20
    /// For a call's message to arrive.
    public var messageTimeout = TimeAmount.seconds(60)
    /// For a new connection to begin its first call, or its settings.
    public var headTimeout = TimeAmount.seconds(20)
    /// For a connection without calls.
    public var idleTimeout = TimeAmount.minutes(15)
    /// Messages of at least so many bytes are packed, for clients that take gzip.
    public var compressedBytesMin = 16 << 10
    /// Connections at a time.
    public var connectionsMax = 4096

    /// The defaults.
    public init() {}
}
