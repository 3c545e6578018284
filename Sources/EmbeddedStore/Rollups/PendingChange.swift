import SpanStorage
import TraceModel

/// What a seal changes about the calls that wait: what its transaction writes, and what memory then takes over.
///
///     u8 version (1), u32 CRC-32C of all that follows, and then
///     varint mark: all calls with a lower number are gone
///     varint next: no call has a number from there on
///     varint arrivals, for each: varint end, u64 time: calls with lower numbers than the end had come at that time
///     varint services, for each: varint bytes, bytes
///     varint calls that are new or changed, for each: varint number, u64 upper and u64 lower half of the trace id,
///         u64 span id, u64 parent id, varint minute, varint duration, varint callee, varint caller,
///         u8 fit + 4 · best fit + 16 if failed
///     varint calls that are settled, for each: varint number, u64 upper and lower half of the trace id
struct PendingChange: Sendable {
    /// A call that is new or has changed.
    struct Entry: Sendable {
        var number: UInt64
        var call: OpenCall
    }

    /// A call that is settled.
    struct Settled: Sendable {
        var number: UInt64
        var trace: TraceID
    }

    private static let version: UInt8 = 1
    private static let headerSize = 5

    /// All calls with a lower number are gone.
    var mark: UInt64 = 0
    /// No call has a number from here on.
    var next: UInt64 = 0
    /// When calls came.
    var arrivals: [PendingCalls.Arrival] = []
    /// The services that the entries' calls have numbers of.
    var services: [String] = []
    var entries: [Entry] = []
    var settled: [Settled] = []

    /// Whether nothing changes.
    var isEmpty: Bool { mark == 0 && entries.isEmpty && settled.isEmpty && arrivals.isEmpty }

    /// Makes the change.
    func apply(to calls: inout PendingCalls) {
        let numbers = services.map { calls.number(of: $0) }
        calls.skip(to: next)
        for entry in entries {
            var call = entry.call
            call.callee = numbers[Int(call.callee)]
            call.caller = call.fit == .none ? 0 : numbers[Int(call.caller)]
            if entry.number < calls.nextNumber, calls.hasCalls(of: call.trace) {
                calls.replace(entry.number, of: call.trace, with: nil)
            }
            calls.add(call, number: entry.number)
        }
        for call in settled { calls.replace(call.number, of: call.trace, with: nil) }
        if mark > 0 { calls.removeAll(below: mark) }
        for arrival in arrivals { calls.note(arrival) }
    }

    /// All calls that wait, as one change of nothing.
    init(all calls: PendingCalls) {
        services = calls.services.names
        next = calls.nextNumber
        arrivals = calls.arrivals
        calls.forEach { number, call in entries.append(Entry(number: number, call: call)) }
    }

    /// No change.
    init() {}

    /// The change's bytes: equal changes have equal bytes, however they came to be.
    func encode() -> [UInt8] {
        let entries = self.entries.sorted { $0.number < $1.number }
        let settled = self.settled.sorted { $0.number < $1.number }
        let order = services.indices.sorted { services[$0] < services[$1] }
        var numbers = [UInt64](repeating: 0, count: services.count)
        for (number, service) in order.enumerated() { numbers[service] = UInt64(number) }
        var body: [UInt8] = []
        body.append(varint: mark)
        body.append(varint: next)
        body.append(varint: UInt64(arrivals.count))
        for arrival in arrivals {
            body.append(varint: arrival.end)
            body.append(littleEndian: arrival.time)
        }
        body.append(varint: UInt64(services.count))
        for service in order {
            let text = Array(services[service].utf8)
            body.append(varint: UInt64(text.count))
            body.append(contentsOf: text)
        }
        body.append(varint: UInt64(entries.count))
        for entry in entries { Self.encode(entry, numbers, into: &body) }
        body.append(varint: UInt64(settled.count))
        for call in settled {
            body.append(varint: call.number)
            body.append(littleEndian: call.trace.high)
            body.append(littleEndian: call.trace.low)
        }
        var bytes = [Self.version]
        bytes.append(littleEndian: checksum(body.span.bytes))
        bytes.append(contentsOf: body)
        return bytes
    }

    private static func encode(_ entry: Entry, _ numbers: [UInt64], into bytes: inout [UInt8]) {
        let call = entry.call
        bytes.append(varint: entry.number)
        bytes.append(littleEndian: call.trace.high)
        bytes.append(littleEndian: call.trace.low)
        bytes.append(littleEndian: call.span)
        bytes.append(littleEndian: call.parent)
        bytes.append(varint: UInt64(call.minute))
        bytes.append(varint: call.duration)
        bytes.append(varint: numbers[Int(call.callee)])
        bytes.append(varint: call.fit == .none ? 0 : numbers[Int(call.caller)])
        bytes.append(call.fit.rawValue | call.bestFit.rawValue << 2 | (call.isError ? 16 : 0))
    }

    /// The change of some bytes; nil if they are not of one.
    init?(_ bytes: RawSpan) {
        var header = ByteReader(bytes)
        guard (try? header.byte()) == Self.version, let sum = try? header.littleEndian(UInt32.self),
            checksum(bytes.extracting(Self.headerSize...)) == sum
        else { return nil }
        var reader = ByteReader(bytes.extracting(Self.headerSize...))
        do {
            mark = try reader.varint()
            next = try reader.varint()
            for _ in 0..<(try reader.varint()) {
                let end = try reader.varint()
                arrivals.append(PendingCalls.Arrival(end: end, time: try reader.littleEndian()))
            }
            for _ in 0..<(try reader.varint()) { services.append(String(copying: try reader.delimited())) }
            for _ in 0..<(try reader.varint()) {
                guard let entry = try Self.decode(&reader, services: services.count) else { return nil }
                entries.append(entry)
            }
            for _ in 0..<(try reader.varint()) {
                let number = try reader.varint()
                let high: UInt64 = try reader.littleEndian()
                settled.append(Settled(number: number, trace: TraceID(high: high, low: try reader.littleEndian())))
            }
        } catch {
            return nil
        }
        if !reader.isAtEnd { return nil }
    }

    @_lifetime(reader: copy reader)
    private static func decode(_ reader: inout ByteReader, services: Int) throws(ByteError) -> Entry? {
        let number = try reader.varint()
        let high: UInt64 = try reader.littleEndian()
        let trace = TraceID(high: high, low: try reader.littleEndian())
        let span: UInt64 = try reader.littleEndian()
        let parent: UInt64 = try reader.littleEndian()
        let minute = try reader.varint()
        let duration = try reader.varint()
        let callee = try reader.varint()
        let caller = try reader.varint()
        let form = try reader.byte()
        guard number < .max, minute <= UInt64(UInt32.max), callee < UInt64(services), caller < UInt64(services),
            let fit = CallerFit(rawValue: form & 3), let best = CallerFit(rawValue: form >> 2 & 3)
        else { return nil }
        var call = OpenCall(
            trace: trace,
            span: span,
            parent: parent,
            minute: UInt32(minute),
            duration: duration,
            callee: UInt32(callee),
            bestFit: best,
            isError: form & 16 != 0
        )
        call.fit = fit
        call.caller = UInt32(caller)
        return Entry(number: number, call: call)
    }
}
