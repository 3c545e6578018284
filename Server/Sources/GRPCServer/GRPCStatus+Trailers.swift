import NIOHPACK
import TraceModel

// What clients read.
extension GRPCStatus {
    /// The status that the headers at the end of a call tell; nil if these are others.
    ///
    /// Of the details only `google.rpc.RetryInfo` is read.
    public init?(trailers: HPACKHeaders) {
        guard let number = trailers.first(name: "grpc-status") else {
            guard let status = trailers.first(name: ":status"), status != "200" else { return nil }
            // A proxy's words, most likely (gRPC, "HTTP to gRPC Status Code Mapping").
            let isBusy = ["429", "502", "503", "504"].contains(status)
            self.init(isBusy ? .unavailable : .unknown, "HTTP status \(status)")
            return
        }
        let code = Int(number).flatMap(Code.init(rawValue:)) ?? .unknown
        self.init(code, trailers.first(name: "grpc-message") ?? "")
        guard let details = trailers.first(name: "grpc-status-details-bin"), let bytes = base64Bytes(details) else {
            return
        }
        retryAfterSeconds = Self.retrySeconds(inStatus: bytes.span.bytes)
    }

    private static func retrySeconds(inStatus status: RawSpan) -> Int? {
        // Status{3 details}: Any{1 type_url, 2 value}: RetryInfo{1 retry_delay}: Duration{1 seconds, 2 nanos}.
        var reader = ByteReader(status)
        while let tag = try? reader.tag() {
            guard tag.number == 3, tag.type == .delimited, let any = try? reader.delimited() else {
                guard (try? reader.skip(tag.type)) != nil else { return nil }
                continue
            }
            guard let type = field(1, of: any), String(copying: type) == Self.retryInfo else { continue }
            guard let info = field(2, of: any), let delay = field(1, of: info) else { return nil }
            var duration = ByteReader(delay)
            while let tag = try? duration.tag() {
                if tag.number == 1, tag.type == .varint {
                    return (try? duration.varint()).map { Int(clamping: $0) }
                }
                guard (try? duration.skip(tag.type)) != nil else { return nil }
            }
            return 0
        }
        return nil
    }

    @_lifetime(copy message)
    private static func field(_ number: UInt32, of message: RawSpan) -> RawSpan? {
        var reader = ByteReader(message)
        while let tag = try? reader.tag() {
            if tag.number == number, tag.type == .delimited { return try? reader.delimited() }
            guard (try? reader.skip(tag.type)) != nil else { return nil }
        }
        return nil
    }
}
