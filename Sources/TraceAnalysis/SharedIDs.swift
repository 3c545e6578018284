import TraceModel

/// The ids that the two sides of a call share, as Zipkin's clients send them: the server's side gets an id of its own
/// and the client's side for its parent.
///
/// The new id is the smallest that no span of the trace has, as in Jaeger. What was called by that id follows the
/// server's side, unless it belongs to the client's service.
///
/// The spans are looked at once, page by page, and then set right, page by page in the same order. In between some 16
/// bytes are held for each span of a client or a server, and no span.
struct SharedIDs: Sendable {
    /// One side of a call.
    private struct Side {
        var id: UInt64
        /// The place among all spans.
        var place: UInt32
        /// The number of its service.
        var service: UInt32
    }

    /// What becomes of an id that is shared.
    private struct Split {
        /// The new ids of the server's sides, of the last one first.
        var ids: [UInt64]
        /// The new id of the first of them.
        var first: UInt64
        var clientService: UInt32
        var serverService: UInt32
    }

    private var clients: [Side] = []
    private var servers: [Side] = []
    // Ids that may be among the smallest.
    private var smallIDs: [UInt64] = []
    private var services: [String: UInt32] = [:]
    private var splits: [UInt64: Split] = [:]
    private var count: UInt32 = 0

    /// Whether nothing is to be set right, as `settle` found out.
    var isEmpty: Bool { splits.isEmpty }

    /// Takes note of some spans.
    mutating func look(at page: borrowing SpanBatch) {
        let services = numbers(of: page)
        for row in 0..<page.count {
            let id = page.spans.spanIDs[row]
            if id <= UInt64(UInt32.max) { smallIDs.append(id) }
            let kind = page.spans.kinds[row]
            if kind == .client || kind == .server {
                let side = Side(id: id, place: count, service: Self.service(of: row, page, services))
                if kind == .client { clients.append(side) } else { servers.append(side) }
            }
            count += 1
        }
    }

    /// Finds out what is shared, when all spans have been looked at.
    mutating func settle() {
        let order = { (left: Side, right: Side) in (left.id, left.place) < (right.id, right.place) }
        clients.sort(by: order)
        servers.sort(by: order)
        var shared: [Side] = []
        var client = 0
        for server in servers {
            while client < clients.count, clients[client].id < server.id { client += 1 }
            guard client < clients.count else { break }
            if clients[client].id != server.id { continue }
            shared.append(server)
            if splits[server.id] == nil {
                let service = clients[client].service
                splits[server.id] = Split(ids: [], first: 0, clientService: service, serverService: server.service)
            }
        }
        (clients, servers) = ([], [])
        if !shared.isEmpty { name(shared.sorted { $0.place < $1.place }) }
        smallIDs = []
    }

    /// Gives the server's sides their ids, in the order of the spans.
    private mutating func name(_ shared: [Side]) {
        smallIDs.sort()
        var used = smallIDs[...]
        var next: UInt64 = 1
        for side in shared {
            while let id = used.first, id <= next {
                if id == next { next += 1 }
                used.removeFirst()
            }
            if splits[side.id]?.ids.isEmpty == true { splits[side.id]?.first = next }
            splits[side.id]?.ids.append(next)
            next += 1
        }
        for id in splits.keys { splits[id]?.ids.reverse() }
    }

    /// Sets some spans right: to be called page by page, in the order in which they were looked at.
    mutating func separate(_ page: inout SpanBatch, _ notes: inout TraceAdjuster.Notes) {
        if splits.isEmpty { return }
        let services = numbers(of: page)
        for row in 0..<page.count {
            let old = page.spans.spanIDs[row]
            if page.spans.kinds[row] == .server, let new = splits[old]?.ids.popLast() {
                Self.setParent(of: row, to: old, in: &page)
                page.spans.spanIDs[row] = new
                notes.add(
                    "this span's id \(SpanID(old)) is also that of the client's side of the call, which is shown as "
                        + "its parent; here it is \(SpanID(new))",
                    to: row
                )
                continue
            }
            let parent = page.spans.parentSpanIDs[row]
            guard parent != old, let split = splits[parent] else { continue }
            let service = Self.service(of: row, page, services)
            let isClients = service == split.clientService && service != split.serverService
            if !isClients { Self.setParent(of: row, to: split.first, in: &page) }
        }
    }

    /// By resource of a page: the number of its service.
    private mutating func numbers(of page: borrowing SpanBatch) -> [UInt32] {
        var numbers: [UInt32] = []
        for resource in page.resources {
            let name = page.strings.text(resource.service)
            let number = services[name] ?? UInt32(services.count + 1)
            services[name] = number
            numbers.append(number)
        }
        return numbers
    }

    private static func service(of row: Int, _ page: borrowing SpanBatch, _ numbers: [UInt32]) -> UInt32 {
        let resource = Int(page.spans.resources[row])
        return resource < numbers.count ? numbers[resource] : 0
    }

    /// Changes the parent, and the references that say the same.
    private static func setParent(of row: Int, to parent: UInt64, in page: inout SpanBatch) {
        let old = page.spans.parentSpanIDs[row]
        let id = page.spans.traceID(row)
        for link in page.links.range(row) where old != 0 && page.links.spanIDs[link] == old {
            if page.links[link].traceID == id { page.links.spanIDs[link] = parent }
        }
        page.spans.parentSpanIDs[row] = parent
    }
}
