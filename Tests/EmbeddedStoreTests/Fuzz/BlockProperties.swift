import SpanStorage
import TraceModel

@testable import EmbeddedStore

/// What must hold of any bytes that are opened as a segment: they are refused as damaged, or what they give makes
/// sense.
enum BlockProperties {
    private static let everything = 0...UInt64.max

    private static let questions: [TraceQuery] = {
        var filters: [SpanFilter] = [
            .everything, .service("service-1"), .durationAtLeast(1_000_000),
            .tag(TagCondition(key: "http.method", text: "GET")),
            .field(.attribute(.any, "http.status_code"), .compare(.greater, .int(201))),
            .field(.attribute(.span, "load"), .compare(.less, .double(60))), .not(.status(.error)),
            .field(.intrinsic(.eventName), .exists),
        ]
        if let pattern = try? RegexPattern("id-.*7") {
            filters.append(.field(.attribute(.any, "request.id"), .matches(pattern)))
        }
        return filters.map { TraceQuery(filter: $0, start: everything, limit: 20) }
    }()

    /// Why the bytes are handled badly; nil if they are not.
    static func finding(in bytes: [UInt8]) -> String? {
        do {
            return try look(at: repaired(bytes))
        } catch let error as SpanStoreError {
            switch error {
            case .damaged, .version: return nil
            default: return "not refused as damaged: \(error)"
            }
        } catch {
            return "an error without words: \(error)"
        }
    }

    private static func look(at bytes: [UInt8]) throws -> String? {
        let cache = BlockMetaCache(bytesMax: 1 << 20)
        let block = try BlockReader(FileBytes(bytes), path: "fuzz.seg", cache: cache)
        let segment = Segment(number: 1, block: block, byteCount: bytes.count, origin: .init(sealedAt: 0))
        for question in questions {
            for part in segment.parts(for: question) { _ = try? part.search() }
        }
        _ = try? block.summaries()
        let table = try block.traces()
        var ids: [TraceID] = []
        for number in 0..<min(block.directory.traceCount, 50) { ids.append(table.id(number)) }
        var starts: [TraceID: UInt64] = [:]
        for id in ids { starts[id] = .max }
        try? segment.lowerStarts(&starts)
        var measures = TraceMeasures(ids)
        try? segment.measure(&measures)
        var collection = TraceCollection(ids, bytesMax: 32 << 20)
        try segment.collect(into: &collection)
        for id in Set(ids) {
            guard let trace = collection.trace(id) else { continue }
            if !trace.isSound { return "a trace that does not hold together" }
            if trace.spans.traceIDLow.contains(where: { $0 != id.low }) { return "a span of another trace" }
        }
        return nil
    }

    /// The bytes with their checksums made right, as far as they tell where these are: what is looked for lies behind.
    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let trailer = bytes.count - BlockLayout.trailerSize
        guard trailer >= BlockLayout.headerSize else { return bytes }
        var reader = ByteReader(bytes.span.bytes.extracting(trailer..<bytes.count))
        guard let offset = try? reader.littleEndian(UInt64.self), let length = try? reader.littleEndian(UInt64.self),
            offset <= UInt64(trailer), length <= UInt64(trailer) - offset
        else { return bytes }
        let place = Int(offset)..<Int(offset + length)
        if var directory = BlockDirectory.decode(bytes.span.bytes.extracting(place), fileSize: bytes.count) {
            for (index, section) in directory.sections.enumerated() {
                let range = Int(section.offset)..<Int(section.offset + section.length)
                directory.sections[index].checksum = checksum(bytes.span.bytes.extracting(range))
            }
            let content = directory.encode()
            if content.count == place.count { bytes.replaceSubrange(place, with: content) }
        }
        put(checksum(bytes.span.bytes.extracting(place)), at: trailer + 16, into: &bytes)
        return bytes
    }

    private static func put(_ sum: UInt32, at offset: Int, into bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
    }
}
