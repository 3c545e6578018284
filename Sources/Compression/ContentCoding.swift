/// How a body is packed: the codings of HTTP's `Content-Encoding` and gRPC's `grpc-encoding` that are understood.
public enum ContentCoding: String, Sendable, CaseIterable {
    /// RFC 1952, of one member or several.
    case gzip
    /// RFC 1950 (zlib); the raw stream of RFC 1951, which some clients send under this name, is understood too.
    case deflate
    /// RFC 8878.
    case zstd

    /// The coding of a name in any case; `x-gzip` is an old one for gzip (RFC 9110, section 8.4.1.3).
    public init?(name: some StringProtocol) {
        let name = name.lowercased()
        self.init(rawValue: name == "x-gzip" ? "gzip" : name)
    }
}

/// How much a body may unpack to.
public struct DecompressionLimits: Sendable {
    /// Bytes of the whole body.
    public var bytesMax: Int
    /// How many times what was read so far it may become, once that is over `bytesFree`.
    ///
    /// Spans give 5 to 50; a bomb a thousand and more.
    public var ratioMax = 200
    /// Bytes for which the ratio does not matter yet.
    public var bytesFree = 1 << 20

    /// Makes limits from their parts.
    public init(bytesMax: Int, ratioMax: Int = 200) {
        self.bytesMax = bytesMax
        self.ratioMax = ratioMax
    }
}

/// Why a body cannot be unpacked.
public enum DecompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It unpacks to more bytes than are allowed.
    case tooLarge(limit: Int)
    /// It unpacks to more than so many times its size.
    case bomb(ratio: Int)
    /// It is no stream of its coding, or a damaged one; what the library said of it.
    case damaged(String)
    /// It ends before its stream does.
    case truncated
    /// Bytes follow the end of its stream.
    case trailing
    /// The library has no memory.
    case exhausted

    public var description: String {
        switch self {
        case .tooLarge(let limit): "it unpacks to more than the limit of \(limit) bytes"
        case .bomb(let ratio): "it unpacks to more than \(ratio) times its size"
        case .damaged(let reason): "it is damaged: \(reason)"
        case .truncated: "it ends too early"
        case .trailing: "more follows its end"
        case .exhausted: "there is no memory to unpack it"
        }
    }
}
