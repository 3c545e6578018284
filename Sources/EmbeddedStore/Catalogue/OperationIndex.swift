import SpanStorage
import TraceModel

/// The services and their operations, kept in memory because every page of the UI begins with them.
struct OperationIndex: Sendable {
    /// Services beyond this are not listed; their spans are kept and found all the same.
    static let servicesMax = 10_000
    /// Operations of one service beyond this are not listed.
    static let operationsPerServiceMax = 10_000

    private var services: [String: Set<Operation>] = [:]

    /// Adds those of a batch and returns those that are new.
    mutating func add(_ batch: borrowing SpanBatch) -> [(service: String, operation: Operation)] {
        var new: [(service: String, operation: Operation)] = []
        var seen: Set<Key> = []
        var last = Key(resource: .max, name: .max, kind: .unspecified)
        for row in 0..<batch.count {
            let key = Key(
                resource: batch.spans.resources[row],
                name: batch.spans.names[row],
                kind: batch.spans.kinds[row]
            )
            if key == last { continue }
            last = key
            guard seen.insert(key).inserted else { continue }
            let service = batch.service(of: row)
            let operation = Operation(name: batch.strings.text(key.name), kind: key.kind)
            if add(operation, of: service) { new.append((service, operation)) }
        }
        return new
    }

    /// Adds one; false if it was known or there is no room for it.
    mutating func add(_ operation: Operation, of service: String) -> Bool {
        if let known = services[service] {
            guard known.count < Self.operationsPerServiceMax else { return false }
        } else {
            guard services.count < Self.servicesMax else { return false }
        }
        return services[service, default: []].insert(operation).inserted
    }

    /// The services by name.
    func names() -> [String] { services.keys.sorted(by: Self.byBytes) }

    /// A service's operations by name and kind.
    func operations(of service: String, kind: SpanKind?) -> [Operation] {
        let all = services[service] ?? []
        return all.filter { kind == nil || $0.kind == kind }.sorted { left, right in
            left.name == right.name ? left.kind.rawValue < right.kind.rawValue : Self.byBytes(left.name, right.name)
        }
    }

    private static func byBytes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private struct Key: Hashable {
        var resource: UInt32
        var name: StringRef
        var kind: SpanKind
    }
}
