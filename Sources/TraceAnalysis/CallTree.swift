import TraceModel

/// What a span is to an aggregate: spans of the same service, name and kind do the same work.
public struct CallLabel: Hashable, Sendable {
    /// The name of the service.
    public var service: String
    /// The span's name.
    public var operation: String
    /// The span's kind.
    public var kind: SpanKind

    /// Makes a label from its parts.
    public init(service: String, operation: String, kind: SpanKind) {
        self.service = service
        self.operation = operation
        self.kind = kind
    }
}

/// Traces laid one over the other: a node stands for all spans that are reached from a root by the same labels.
public struct CallTree: Sendable {
    /// A place in the tree.
    public struct Node: Sendable, Equatable {
        /// What the spans here do.
        public var label: CallLabel
        /// The node above, or -1.
        public var parent: Int
        /// How many nodes are above it.
        public var depth: Int
    }

    /// The number of no node.
    public static let none = -1
    private static let noRoom = -2

    /// The nodes, parents before their children.
    public private(set) var nodes: [Node] = []
    /// Whether spans were left out because there would have been more nodes than allowed.
    public private(set) var isTruncated = false

    private struct Place: Hashable {
        var parent: Int
        var label: Int
    }

    private let nodesMax: Int
    private var labels: [CallLabel] = []
    private var labelNumbers: [CallLabel: Int] = [:]
    private var places: [Place: Int] = [:]

    /// An empty tree that may grow to so many nodes.
    public init(nodesMax: Int) { self.nodesMax = nodesMax }

    /// Lays a trace over the others: by row the node of each span, or `none` for those that found no room.
    ///
    /// With `counts` only those spans have nodes; the others stand for the node that they are below.
    public mutating func add(
        _ trace: borrowing SpanBatch,
        _ tree: borrowing TraceTree,
        counts: [Bool]? = nil
    ) -> [Int] {
        let rowLabels = numberLabels(of: trace)
        var numbers = [Int](repeating: Self.none, count: trace.count)
        for row in tree.preorder.lazy.map({ Int($0) }) {
            let parentRow = Int(tree.parents[row])
            let parent = parentRow < 0 ? Self.none : numbers[parentRow]
            if let counts, !counts[row] {
                numbers[row] = parent
                continue
            }
            // Below what found no room there is none either.
            numbers[row] = parent == Self.noRoom ? parent : node(below: parent, rowLabels[row])
        }
        return numbers.map { max($0, Self.none) }
    }

    /// All nodes, parents before their children, siblings in the order that `isBefore` says.
    public func preorder(_ isBefore: (Int, Int) -> Bool) -> [Int] {
        var children = [[Int]](repeating: [], count: nodes.count)
        var roots: [Int] = []
        for (number, node) in nodes.enumerated() {
            if node.parent < 0 { roots.append(number) } else { children[node.parent].append(number) }
        }
        var order: [Int] = []
        order.reserveCapacity(nodes.count)
        var waiting = Array(roots.sorted(by: isBefore).reversed())
        while let number = waiting.popLast() {
            order.append(number)
            waiting.append(contentsOf: children[number].sorted(by: isBefore).reversed())
        }
        return order
    }

    private mutating func node(below parent: Int, _ label: Int) -> Int {
        let place = Place(parent: parent, label: label)
        if let known = places[place] { return known }
        guard nodes.count < nodesMax else {
            isTruncated = true
            return Self.noRoom
        }
        let number = nodes.count
        nodes.append(Node(label: labels[label], parent: parent, depth: parent < 0 ? 0 : nodes[parent].depth + 1))
        places[place] = number
        return number
    }

    /// The label of each row by its number; a text is made of each only once.
    private mutating func numberLabels(of trace: borrowing SpanBatch) -> [Int] {
        struct Stored: Hashable {
            var service: StringRef
            var name: StringRef
            var kind: SpanKind
        }
        var known: [Stored: Int] = [:]
        var numbers: [Int] = []
        numbers.reserveCapacity(trace.count)
        for row in 0..<trace.count {
            let resource = Int(trace.spans.resources[row])
            let service = resource < trace.resources.count ? trace.resources[resource].service : 0
            let stored = Stored(service: service, name: trace.spans.names[row], kind: trace.spans.kinds[row])
            if let number = known[stored] {
                numbers.append(number)
                continue
            }
            let label = CallLabel(
                service: trace.strings.text(stored.service),
                operation: trace.strings.text(stored.name),
                kind: stored.kind
            )
            let number = labelNumbers[label] ?? labels.count
            if number == labels.count {
                labels.append(label)
                labelNumbers[label] = number
            }
            known[stored] = number
            numbers.append(number)
        }
        return numbers
    }
}
