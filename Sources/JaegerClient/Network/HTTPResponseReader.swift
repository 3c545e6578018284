/// Reads the answer to one request as its bytes arrive (RFC 9112).
struct HTTPResponseReader {
    private static let headSizeMax = 64 * 1024
    private static let bodySizeMax = 1024 * 1024

    /// What has arrived.
    var bytes: [UInt8] = []
    private(set) var canKeepConnection = false

    /// The whole answer, or nil while it is not there yet.
    ///
    /// - Parameter isAtEnd: Whether the connection has ended, which ends an answer that does not say how long it is.
    /// - Throws: When it is no answer, or one that is too large.
    mutating func response(isAtEnd: Bool) throws(HTTPFailure) -> HTTPResponse? {
        while true {
            guard let end = headEnd else {
                if bytes.count > Self.headSizeMax { throw .badAnswer("its headers are larger than 64 KiB") }
                if isAtEnd, !bytes.isEmpty { throw .badAnswer("it ends within its headers") }
                return nil
            }
            let head = try Head(bytes[..<end])
            // What comes before the answer, such as 100 Continue, is passed over.
            if (100..<200).contains(head.status), head.status != 101 {
                bytes.removeSubrange(..<end)
                continue
            }
            guard let (body, hasLength) = try body(from: end, head, isAtEnd) else { return nil }
            canKeepConnection = hasLength && !head.closes && !isAtEnd
            return HTTPResponse(status: head.status, retryAfterSeconds: head.retryAfter, body: body)
        }
    }

    /// Where the body begins.
    private var headEnd: Int? {
        var index = 0
        while index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private func body(
        from start: Int,
        _ head: Head,
        _ isAtEnd: Bool
    ) throws(HTTPFailure) -> (body: [UInt8], hasLength: Bool)? {
        let rest = bytes[start...]
        if rest.count > Self.bodySizeMax * 2 { throw .badAnswer("it is larger than 1 MiB") }
        if head.status == 204 || head.status == 304 { return ([], true) }
        if head.isChunked { return try chunks(rest).map { ($0, true) } }
        if let length = head.length {
            guard length <= Self.bodySizeMax else { throw .badAnswer("it is larger than 1 MiB") }
            return rest.count >= length ? (Array(rest.prefix(length)), true) : nil
        }
        return isAtEnd ? (Array(rest.prefix(Self.bodySizeMax)), false) : nil
    }

    /// The body whose pieces each stand behind their size, or nil while the last is not there.
    private func chunks(_ encoded: ArraySlice<UInt8>) throws(HTTPFailure) -> [UInt8]? {
        var rest = encoded
        var body: [UInt8] = []
        while let lineEnd = rest.firstIndex(of: 10) {
            let digits = rest[..<lineEnd].prefix { Hex.digit($0) != nil }
            guard let size = Hex.parse(digits), size <= UInt64(Self.bodySizeMax) else {
                throw .badAnswer("a chunk's size is not a number, or too large")
            }
            rest = rest[(lineEnd + 1)...]
            // Behind the last chunk stand trailers and an empty line.
            if size == 0 {
                let isComplete = rest.starts(with: [13, 10]) || rest.suffix(4).elementsEqual([13, 10, 13, 10])
                return isComplete ? body : nil
            }
            guard rest.count >= Int(size) + 2 else { return nil }
            body += rest.prefix(Int(size))
            guard body.count <= Self.bodySizeMax else { throw .badAnswer("it is larger than 1 MiB") }
            rest = rest.dropFirst(Int(size) + 2)
        }
        return nil
    }
}

/// The status and what matters of the headers.
private struct Head {
    var status: Int
    var length: Int?
    var isChunked = false
    var closes = false
    var retryAfter: Int?

    init(_ bytes: ArraySlice<UInt8>) throws(HTTPFailure) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let parts = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
            throw .badAnswer("it does not begin with HTTP/1.1 and a status")
        }
        self.status = status
        closes = parts[0] == "HTTP/1.0"
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = HeaderText.trimmed(line[line.index(after: colon)...]).lowercased()
            switch line[..<colon].lowercased() {
            case "content-length":
                guard let number = Int(value), number >= 0 else { throw .badAnswer("its length is not a number") }
                length = number
            case "transfer-encoding": isChunked = value.hasSuffix("chunked")
            case "connection": closes = value.contains("close")
            case "retry-after": retryAfter = Int(value)
            default: break
            }
        }
    }
}
