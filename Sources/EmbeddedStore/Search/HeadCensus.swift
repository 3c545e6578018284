import SpanStorage
import TraceModel

extension HeadChunk {
    /// Counts its attributes.
    func count(_ census: inout AttributeCensus, _ meter: inout QueryMeter) -> PartialAnswer.Reason? {
        if let reason = meter.exhaustion { return reason }
        meter.add(spans: batch.count, bytes: 0)
        let services = census.query.services
        let filter = services.isEmpty ? SpanFilter.everything : .any(services.map { .service($0) })
        let prepared = PreparedFilter(filter, for: batch)
        if case .constant(false) = prepared { return nil }
        let window = census.query.start
        var rows: [Int] = []
        for row in 0..<batch.count where window.contains(batch.spans.starts[row]) && prepared.matches(row, in: batch) {
            rows.append(row)
        }
        var key: StringRef?
        if case .values(let text) = census.subject {
            key = batch.strings.firstRef(of: text)
            if key == nil, text != "service.name" { return nil }
        }
        var tally = AttributeTally(only: key)
        if census.asks(.span) { for row in rows { tally.add(batch.spanAttributes, batch.spanAttributes.range(row)) } }
        tally.flush(.span, batch.strings, &census)
        countEvents(rows, &tally, &census)
        countOwners(rows, &tally, &census)
        return nil
    }

    private func countEvents(_ rows: [Int], _ tally: inout AttributeTally, _ census: inout AttributeCensus) {
        if census.asks(.event) {
            for row in rows {
                for event in batch.events.range(row) {
                    tally.add(batch.events.attributes, batch.events.attributes.range(event))
                }
            }
            tally.flush(.event, batch.strings, &census)
        }
        if census.asks(.link) {
            for row in rows {
                for link in batch.links.range(row) {
                    tally.add(batch.links.attributes, batch.links.attributes.range(link))
                }
            }
            tally.flush(.link, batch.strings, &census)
        }
    }

    /// Resources and scopes: each counts once for each of its spans.
    private func countOwners(_ rows: [Int], _ tally: inout AttributeTally, _ census: inout AttributeCensus) {
        if census.asks(.resource) {
            var counts = [Int](repeating: 0, count: batch.resources.count)
            for row in rows where Int(batch.spans.resources[row]) < counts.count {
                counts[Int(batch.spans.resources[row])] += 1
            }
            tally.addResources(batch.resources, counts, batch.strings, &census)
        }
        if census.asks(.scope) {
            var counts = [Int](repeating: 0, count: batch.scopes.count)
            for row in rows where Int(batch.spans.scopes[row]) < counts.count {
                counts[Int(batch.spans.scopes[row])] += 1
            }
            for (scope, count) in zip(batch.scopes, counts) { tally.add(scope.attributes, times: count) }
            tally.flush(.scope, batch.strings, &census)
        }
    }
}

/// Counts of attributes in the terms of one table of strings, so that no text is looked at more than once.
struct AttributeTally {
    private struct Entry: Hashable {
        var key: StringRef
        var type: AttributeType
        // The value, if values are counted.
        var bits: UInt64
    }

    private let only: StringRef?
    private let countsValues: Bool
    private var counts: [Entry: Int] = [:]

    /// Counts the values of one key, or keys.
    init(only key: StringRef?, countsValues: Bool? = nil) {
        only = key
        self.countsValues = countsValues ?? (key != nil)
    }

    /// Counts an attribute.
    mutating func add(_ key: StringRef, _ type: AttributeType, _ bits: UInt64, times: Int = 1) {
        if times == 0 || (only != nil && only != key) { return }
        counts[Entry(key: key, type: type, bits: countsValues ? bits : 0), default: 0] += times
    }

    /// Counts some attributes of lists.
    mutating func add(_ lists: borrowing AttributeLists, _ range: Range<Int>) {
        for index in range { add(lists.keys[index], lists.types[index], lists.values[index]) }
    }

    /// Counts the attributes of something that spans share.
    mutating func add(_ attributes: [Attribute], times: Int) {
        for attribute in attributes { add(attribute.key, attribute.type, attribute.value, times: times) }
    }

    /// Counts the attributes of resources, of which each has so many spans.
    ///
    /// Where there is no attribute for it, the name of the service counts as `service.name`.
    mutating func addResources(
        _ resources: [Resource],
        _ counts: [Int],
        _ strings: borrowing StringTable,
        _ census: inout AttributeCensus
    ) {
        let name = strings.firstRef(of: "service.name")
        for (resource, count) in zip(resources, counts) where count > 0 {
            add(resource.attributes, times: count)
            if resource.service == 0 || resource.attributes.contains(where: { $0.key == name }) { continue }
            switch census.subject {
            case .keys:
                let key = Array("service.name".utf8)
                census.count(key: key.span.bytes, .string, level: .resource, times: count)
            case .values(key: "service.name"):
                census.count(value: 0, .string, bytes: strings.bytes(resource.service), times: count)
            case .values: continue
            }
        }
        flush(.resource, strings, &census)
    }

    /// Hands the counts over, and begins anew.
    mutating func flush(_ level: AttributeLevel, _ strings: borrowing StringTable, _ census: inout AttributeCensus) {
        for (entry, count) in counts {
            if case .keys = census.subject {
                census.count(key: strings.bytes(entry.key), entry.type, level: level, times: count)
            } else if only != nil {
                let bytes = strings.bytes(entry.type.isReference ? StringRef(clamping: entry.bits) : 0)
                census.count(value: entry.bits, entry.type, bytes: bytes, times: count)
            }
        }
        counts.removeAll(keepingCapacity: true)
    }
}
