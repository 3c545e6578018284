import TraceModel

extension OTLPReceiver {
    /// The body that answers a request which was read: an `ExportTraceServiceResponse`.
    ///
    /// With rejected spans it is a partial success, which clients do not send again; with a message alone, a warning.
    public static func reply(rejectedSpans: Int = 0, message: String = "", json: Bool) -> [UInt8] {
        if json {
            var fields: [String] = []
            if rejectedSpans > 0 { fields.append("\"rejectedSpans\":\"\(rejectedSpans)\"") }
            if !message.isEmpty { fields.append("\"errorMessage\":" + quoted(message)) }
            return Array("{\"partialSuccess\":{\(fields.joined(separator: ","))}}".utf8)
        }
        var partial: [UInt8] = []
        if rejectedSpans > 0 {
            partial.append(protobufTag: 1, .varint)
            partial.append(varint: UInt64(rejectedSpans))
        }
        if !message.isEmpty { partial.append(field: 2, text: message) }
        var bytes: [UInt8] = []
        bytes.append(protobufTag: 1, .delimited)
        bytes.append(varint: UInt64(partial.count))
        return bytes + partial
    }

    private static func quoted(_ text: String) -> String {
        var quoted = ""
        writeJSONString(text, to: &quoted)
        return quoted
    }
}

extension [UInt8] {
    fileprivate mutating func append(field number: UInt32, text: String) {
        append(protobufTag: number, .delimited)
        append(varint: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
