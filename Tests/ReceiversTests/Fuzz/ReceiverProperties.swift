import Receivers
import TraceModel

/// What must hold of any bytes that come in as spans, by whichever protocol: they are refused with words, or what they
/// give holds together and costs no more than a small multiple of them.
enum ReceiverProperties {
    /// The decoders; an input's first byte chooses one.
    enum Decoder: UInt8, CaseIterable {
        case jaegerThrift, datagram, jaegerProtobuf, zipkinThrift, zipkinJSONv1, zipkinJSON, zipkinProtobuf
        case otlpProtobuf, otlpJSON

        func decode(_ body: [UInt8]) throws(ReceiverError) -> Received {
            let bytes = body.span.bytes
            switch self {
            case .jaegerThrift: return try JaegerReceiver.decodeBatch(bytes)
            case .datagram:
                var received = Received()
                try JaegerReceiver.decodeDatagram(bytes, into: &received, receivedAt: 1)
                return received
            case .jaegerProtobuf: return try JaegerReceiver.decodePostSpans(bytes)
            case .zipkinThrift: return try ZipkinReceiver.decodeThrift(bytes, receivedAt: 1)
            case .zipkinJSONv1: return try ZipkinReceiver.decodeJSONv1(bytes, receivedAt: 1)
            case .zipkinJSON: return try ZipkinReceiver.decodeJSON(bytes, receivedAt: 1)
            case .zipkinProtobuf: return try ZipkinReceiver.decodeProtobuf(bytes, receivedAt: 1)
            case .otlpProtobuf: return try OTLPReceiver.decodeProtobuf(bytes)
            case .otlpJSON: return try OTLPReceiver.decodeJSON(bytes)
            }
        }
    }

    /// Why the bytes are handled badly; nil if they are not.
    static func finding(in input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let all = Decoder.allCases
        let decoder = all[Int(first) % all.count]
        let body = Array(input.dropFirst())
        do throws(ReceiverError) {
            return look(at: try decoder.decode(body), of: body.count).map { "\(decoder): \($0)" }
        } catch {
            if error.message.isEmpty { return "\(decoder): an error without words" }
            // An error's place helps nobody if it lies outside.
            return (0...max(body.count, 1)).contains(error.offset) ? nil : "\(decoder): an error at \(error.offset)"
        }
    }

    /// What is wrong with what a body of so many bytes gave.
    private static func look(at received: Received, of size: Int) -> String? {
        let batch = received.batch
        // The work of a decoder is what it appends: no row is free, and so its time is bounded with its memory.
        let rows =
            batch.count + batch.spanAttributes.count + batch.events.count + batch.links.count
            + batch.events.attributes.count + batch.links.attributes.count
        if rows > size { return "\(rows) rows of \(size) bytes" }
        if batch.byteCount > 128 * size + 4_096 { return "\(batch.byteCount) bytes held for \(size)" }
        if received.rejections.count + received.truncations.count > 20 { return "a list that grows" }
        for row in 0..<batch.count {
            let span = batch.spans[row]
            if !span.traceID.isValid || !span.spanID.isValid { return "a span without an id" }
            if Int(span.resource) >= batch.resources.count { return "a span without a resource" }
            if span.name >= batch.strings.count { return "a name that is not there" }
            if batch.spanAttributes.range(row).count > ReceiverLimits.attributesMax { return "too many attributes" }
            for index in batch.spanAttributes.range(row) {
                let attribute = batch.spanAttributes[index]
                if attribute.key >= batch.strings.count { return "a key that is not there" }
                if attribute.type.isReference, attribute.value >= UInt64(batch.strings.count) {
                    return "a value that is not there"
                }
                if batch.value(attribute) == .empty, attribute.type != .empty { return "a value that cannot be read" }
            }
        }
        if batch.events.ends.count != batch.count || batch.links.ends.count != batch.count {
            return "lists of other spans"
        }
        return nil
    }
}
