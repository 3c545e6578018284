import SpanStorage
import TraceModel

/// A filter made ready for one block: what the shapes and the dictionary decide is decided here, once, and what is
/// left are comparisons of numbers in a few columns.
struct BlockFilter {
    /// What is known of a group of spans without looking at them.
    enum Answer {
        case none
        case some
        case all
    }

    indirect enum Node {
        case constant(Bool)
        case and([Node])
        case or([Node])
        case not(Node)
        /// Decided by the shape: service, name, kind, status.
        case shapes([Bool])
        case durationAtLeast(Int64)
        case durationAtMost(Int64)
        case tag(BlockTag)
        case field(BlockField)
    }

    /// What the columns can decide.
    let root: Node
    /// The filter itself, if it asks for more than that: the spans that `root` lets through are compared with it.
    let exact: SpanFilter?

    init(_ filter: SpanFilter, meta: BlockMeta) {
        let decidable = filter.weakened(keeping: BlockField.canDecide)
        root = Self.node(decidable, meta)
        exact = decidable == filter ? nil : filter
    }

    private static func node(_ filter: SpanFilter, _ meta: BlockMeta) -> Node {
        switch filter {
        case .everything: return .constant(true)
        case .and(let filters): return .and(filters.map { node($0, meta) })
        case .or(let filters): return .or(filters.map { node($0, meta) })
        case .not(let filter): return .not(node(filter, meta))
        case .service(let name):
            guard let ref = meta.strings.firstRef(of: name) else { return .constant(false) }
            return .shapes(meta.shapes.map { $0.service == ref })
        case .name(let name):
            guard let ref = meta.strings.firstRef(of: name) else { return .constant(false) }
            return .shapes(meta.shapes.map { $0.name == ref })
        case .kind(let kind): return .shapes(meta.shapes.map { $0.kind == kind })
        case .status(let status): return .shapes(meta.shapes.map { $0.status == status })
        case .durationAtLeast(let least): return .durationAtLeast(least)
        case .durationAtMost(let most): return .durationAtMost(most)
        case .tag(let condition): return .tag(BlockTag(condition, meta: meta))
        case .field(let condition):
            let lowered = filter.lowered
            return lowered == filter ? BlockField.node(condition, meta) : node(lowered, meta)
        }
    }

    /// What the directory tells of a page's spans.
    func answer(_ page: BlockDirectory.Page) -> Answer { Self.answer(root, page) }

    private static func answer(_ node: Node, _ page: BlockDirectory.Page) -> Answer {
        switch node {
        case .constant(let value): return value ? .all : .none
        case .and(let nodes):
            var all = true
            for node in nodes {
                let answer = answer(node, page)
                if answer == .none { return .none }
                all = all && answer == .all
            }
            return all ? .all : .some
        case .or(let nodes):
            var none = true
            for node in nodes {
                let answer = answer(node, page)
                if answer == .all { return .all }
                none = none && answer == .none
            }
            return none ? .none : .some
        case .not(let node):
            switch answer(node, page) {
            case .none: return .all
            case .some: return .some
            case .all: return .none
            }
        case .shapes(let shapes): return page.answer(shapes)
        case .durationAtLeast(let least):
            return page.durationMax < least ? .none : page.durationMin >= least ? .all : .some
        case .durationAtMost(let most):
            return page.durationMin > most ? .none : page.durationMax <= most ? .all : .some
        case .tag(let tag): return page.answer(tag.possibleShapes) == .none ? .none : .some
        case .field(let field): return page.answer(field.possibleShapes) == .none ? .none : .some
        }
    }
}

extension BlockDirectory.Page {
    /// Whether none, some or all of the shapes in the page are among those marked.
    func answer(_ marked: [Bool]) -> BlockFilter.Answer {
        var any = false
        var every = true
        for (index, bits) in shapes.enumerated() where bits != 0 {
            for bit in 0..<8 where bits & 1 << UInt8(bit) != 0 {
                let isMarked = index * 8 + bit < marked.count && marked[index * 8 + bit]
                any = any || isMarked
                every = every && isMarked
                if any, !every { return .some }
            }
        }
        return any ? .all : .none
    }
}
