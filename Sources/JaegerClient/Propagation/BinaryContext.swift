import OpenTracing

/// Jaeger's binary form of a context, all numbers with the high byte first.
///
///     trace high u64 │ trace low u64 │ span u64 │ parent u64 │ flags u8 │ n u32 │ n × (size u32, key, size u32, value)
enum BinaryContext {
    static func append(_ context: JaegerSpanContext, to bytes: inout [UInt8]) {
        for number in [context.traceIDHigh, context.traceIDLow, context.spanID, context.parentID] {
            append(number, to: &bytes)
        }
        bytes.append(context.flags.rawValue)
        append(UInt32(context.baggage.count), to: &bytes)
        // In the order of the keys: the same context is always the same bytes.
        for (key, value) in context.baggage.sorted(by: { $0.key < $1.key }) {
            for text in [key, value] {
                append(UInt32(text.utf8.count), to: &bytes)
                bytes.append(contentsOf: text.utf8)
            }
        }
    }

    static func read(_ bytes: [UInt8]) throws(PropagationError) -> JaegerSpanContext {
        var rest = bytes[...]
        let high: UInt64 = try number(&rest)
        let low: UInt64 = try number(&rest)
        let span: UInt64 = try number(&rest)
        let parent: UInt64 = try number(&rest)
        let flags: UInt8 = try number(&rest)
        guard high | low != 0, span != 0 else { throw PropagationError(reason: "an identifier is 0") }
        var context = JaegerSpanContext(
            traceIDHigh: high,
            traceIDLow: low,
            spanID: span,
            parentID: parent,
            flags: .init(rawValue: flags)
        )
        let count: UInt32 = try number(&rest)
        guard count <= Propagation.baggageItemsMax else {
            throw PropagationError(reason: "\(count) baggage items exceed the \(Propagation.baggageItemsMax) allowed")
        }
        for _ in 0..<count {
            let key = try text(&rest)
            context.baggage[key] = try text(&rest)
        }
        return context
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    private static func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ rest: inout ArraySlice<UInt8>
    ) throws(PropagationError) -> Number {
        let size = Number.bitWidth / 8
        guard rest.count >= size else { throw PropagationError(reason: "the bytes end too early") }
        var value: UInt64 = 0
        for byte in rest.prefix(size) { value = value << 8 | UInt64(byte) }
        rest = rest.dropFirst(size)
        return Number(truncatingIfNeeded: value)
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) throws(PropagationError) -> String {
        let size: UInt32 = try number(&rest)
        guard size <= rest.count, size <= Propagation.baggageBytesMax else {
            throw PropagationError(reason: "a baggage text of \(size) bytes, \(rest.count) left")
        }
        defer { rest = rest.dropFirst(Int(size)) }
        return String(decoding: rest.prefix(Int(size)), as: UTF8.self)
    }
}
