/// A key and its value, on a span or in a log.
public struct Tag: Sendable, Hashable {
    /// What the value is about.
    public var key: String
    /// The value.
    public var value: TagValue

    /// Makes a tag from its parts.
    public init(_ key: String, _ value: TagValue) {
        self.key = key
        self.value = value
    }
}

/// Tags, or the fields of a log, in the order in which they were given.
///
///     let tags: TagList = ["http.method": "GET", "http.status_code": 200]
public struct TagList: Sendable, Hashable {
    @usableFromInline
    var elements: [Tag]

    /// Makes a list of tags.
    @inlinable
    public init(_ tags: some Sequence<Tag> = []) { elements = Array(tags) }

    /// The value of the last tag with this key, or nil.
    ///
    /// Setting a value replaces it; setting nil removes the key.
    public subscript(key: String) -> TagValue? {
        get { elements.last { $0.key == key }?.value }
        set {
            if let newValue, let index = elements.lastIndex(where: { $0.key == key }) {
                elements[index].value = newValue
            } else if let newValue {
                elements.append(Tag(key, newValue))
            } else {
                elements.removeAll { $0.key == key }
            }
        }
    }

    /// Adds a tag at the end, whether or not there is one with its key.
    public mutating func append(_ tag: Tag) { elements.append(tag) }
}

extension TagList: ExpressibleByDictionaryLiteral {
    /// Makes a list of tags in the order of the literal.
    public init(dictionaryLiteral pairs: (String, TagValue)...) {
        elements = pairs.map { Tag($0.0, $0.1) }
    }
}

extension TagList: RandomAccessCollection {
    /// Position of the first tag.
    @inlinable
    public var startIndex: Int { 0 }
    /// Position after the last tag.
    @inlinable
    public var endIndex: Int { elements.count }

    /// The tag at a position.
    @inlinable
    public subscript(position: Int) -> Tag { elements[position] }
}
