import Foundation
import TraceModel

@testable import Receivers

/// The bytes of a recorded request.
func fixture(_ name: String) throws -> [UInt8] {
    let folder = Bundle.module.bundleURL.appending(path: "Fixtures")
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
}

/// The bytes that a text of hexadecimal digits stands for.
func bytes(hex: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in hex.utf8 {
        guard let value = hexValue(digit) else { continue }
        if let first = high {
            bytes.append(first << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    return bytes
}

/// A generator of numbers that gives the same ones for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Calls a decoder with hurt versions of a good request: cut at every byte, with bits flipped, and with random bytes.
///
/// The decoder returns how many bytes it holds for the request, or nil if it refused it.
func assault(_ good: [UInt8], flips: Int, seed: UInt64, _ decode: ([UInt8]) -> Int?) -> (accepted: Int, largest: Int) {
    var accepted = 0
    var largest = 0
    func run(_ bytes: [UInt8]) {
        guard let held = decode(bytes) else { return }
        accepted += 1
        largest = max(largest, held)
    }
    for count in 0..<good.count { run(Array(good[..<count])) }
    var generator = SeededGenerator(seed)
    for _ in 0..<flips {
        var hurt = good
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            hurt[Int.random(in: 0..<hurt.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
        run(hurt)
        run((0..<Int.random(in: 0..<64, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    return (accepted, largest)
}

/// Everything that a batch holds, as text: equal for batches that hold the same, whatever the numbers of their strings.
func describe(_ batch: SpanBatch) -> String {
    var lines: [String] = []
    for span in 0..<batch.count {
        let row = batch.spans[span]
        let resource = batch.resource(of: span)
        lines.append("\(row.traceID.hex32) \(row.spanID) parent \(row.parentSpanID) \(batch.quoted(row.name))")
        lines.append(
            "  start \(row.startNanoseconds) duration \(row.durationNanoseconds) kind \(row.kind) flags \(row.flags)"
        )
        lines.append("  status \(row.status) \(batch.quoted(row.statusMessage)) state \(batch.quoted(row.traceState))")
        lines.append("  dropped \(row.droppedAttributes) \(row.droppedEvents) \(row.droppedLinks)")
        lines.append(
            "  resource \(resource.format) \(batch.quoted(resource.service)) \(batch.quoted(resource.schemaURL))"
        )
        lines.append("    dropped \(resource.droppedAttributes)" + batch.list(resource.attributes))
        if let scope = batch.scope(of: span) {
            lines.append(
                "  scope \(batch.quoted(scope.name)) \(batch.quoted(scope.version)) \(batch.quoted(scope.schemaURL))"
            )
            lines.append("    dropped \(scope.droppedAttributes)" + batch.list(scope.attributes))
        }
        lines.append("  attributes" + batch.list(batch.spanAttributes, span))
        for event in batch.events.range(span) {
            let name = batch.quoted(batch.events.names[event])
            lines.append(
                "  event \(batch.events.times[event]) \(name) dropped \(batch.events.droppedAttributes[event])"
            )
            lines.append("    " + batch.list(batch.events.attributes, event))
        }
        for link in batch.links.range(span) {
            let row = batch.links[link]
            lines.append("  link \(row.kind) \(row.traceID.hex32) \(row.spanID) \(batch.quoted(row.traceState))")
            lines.append(
                "    flags \(row.flags) dropped \(row.droppedAttributes)" + batch.list(batch.links.attributes, link)
            )
        }
    }
    return lines.joined(separator: "\n")
}

extension SpanBatch {
    func quoted(_ ref: StringRef) -> String { "\"\(strings.text(ref))\"" }

    func list(_ attributes: some Sequence<Attribute>) -> String {
        attributes.map { attribute in
            let bytes =
                attribute.type.isReference ? Array(strings.arena[strings.range(StringRef(attribute.value))]) : []
            let raw = attribute.type == .array || attribute.type == .map ? " \(bytes)" : ""
            return " \(strings.text(attribute.key))=\(attribute.type):\(value(attribute))\(raw)"
        }.joined(separator: ",")
    }

    func list(_ lists: AttributeLists, _ owner: Int) -> String {
        list(lists.range(owner).map { lists[$0] })
    }

    /// A span's attributes as keys and values.
    func tags(_ span: Int) -> [String] {
        spanAttributes.range(span).map { index in
            let attribute = spanAttributes[index]
            return "\(strings.text(attribute.key))=\(value(attribute))"
        }
    }

    /// A list of attributes as keys and values.
    func tags(_ attributes: [Attribute]) -> [String] {
        attributes.map { "\(strings.text($0.key))=\(value($0))" }
    }

    /// The fields of one of a span's events, as keys and values.
    func eventTags(_ event: Int) -> [String] {
        events.attributes.range(event).map { index in
            let attribute = events.attributes[index]
            return "\(strings.text(attribute.key))=\(value(attribute))"
        }
    }
}

// An array that lives in a variable while its span is read: a span of a call's result crashes the 6.3 compiler.

func decodeProtobuf(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try OTLPReceiver.decodeProtobuf(bytes.span.bytes)
}

func decodeJSON(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try OTLPReceiver.decodeJSON(bytes.span.bytes)
}

/// When the tests' requests come in.
let receivedAt: UInt64 = 1_700_000_000_000_000_000

func decodeZipkin(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try ZipkinReceiver.decodeJSON(bytes.span.bytes, receivedAt: receivedAt)
}

func decodeZipkinV1(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try ZipkinReceiver.decodeJSONv1(bytes.span.bytes, receivedAt: receivedAt)
}

func decodeZipkinProtobuf(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try ZipkinReceiver.decodeProtobuf(bytes.span.bytes, receivedAt: receivedAt)
}

func decodeZipkinThrift(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try ZipkinReceiver.decodeThrift(bytes.span.bytes, receivedAt: receivedAt)
}

func decodeBatch(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try JaegerReceiver.decodeBatch(bytes.span.bytes)
}

func decodePostSpans(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    try JaegerReceiver.decodePostSpans(bytes.span.bytes)
}

func decodeDatagram(_ bytes: [UInt8], into received: inout Received) throws(ReceiverError) {
    try JaegerReceiver.decodeDatagram(bytes.span.bytes, into: &received, receivedAt: receivedAt)
}

func decodeDatagram(_ bytes: [UInt8]) throws(ReceiverError) -> Received {
    var received = Received()
    try decodeDatagram(bytes, into: &received)
    return received
}
