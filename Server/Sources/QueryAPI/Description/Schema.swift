/// The shape of a value in an answer: as much of JSON Schema as our answers need.
///
/// An object is written as a literal, in the order of its members; a `?` at the end of a name says that the member may
/// be missing: `["traceID": .hex, "flags?": .integer]`.
public indirect enum Schema: Sendable, ExpressibleByDictionaryLiteral {
    /// Any value at all.
    case anything
    case text
    /// A text that a regular expression describes.
    case pattern(String)
    /// One of some texts.
    case choice([String])
    case integer
    case integers(ClosedRange<Int>)
    case number
    case flag
    case list(Schema)
    /// An object whose members have any names, and values of one shape.
    case map(Schema)
    /// An object with these members and no others.
    case object([Member])
    case orNull(Schema)
    case either([Schema])
    /// A shape that has a name of its own among the components of the description.
    case named(String)
    /// A shape, and words about it.
    case noted(Schema, String)

    /// A member of an object.
    public struct Member: Sendable {
        var name: String
        var schema: Schema
        var isRequired: Bool
    }

    /// An object with these members; a name that ends in `?` may be missing.
    public init(dictionaryLiteral members: (String, Schema)...) {
        self = .object(members.map { Member($0, $1) })
    }

    /// The id of a span or of a trace.
    public static let hex = Schema.pattern("^[0-9a-f]{16}([0-9a-f]{16})?$")
    /// An integer that JSON's readers may not be able to hold, as text.
    public static let digits = Schema.pattern("^-?[0-9]+$")

    /// The same object with further members.
    public func with(_ more: Schema) -> Schema {
        guard case .object(let members) = self, case .object(let others) = more else { return self }
        return .object(members + others)
    }
}

extension Schema.Member {
    init(_ name: String, _ schema: Schema) {
        isRequired = name.last != "?"
        self.name = isRequired ? name : String(name.dropLast())
        self.schema = schema
    }
}

extension JSONWriter {
    /// A shape as JSON Schema, draft 2020-12.
    mutating func schema(_ schema: Schema) {
        beginObject()
        keywords(schema)
        endObject()
    }

    mutating func keywords(_ schema: Schema) {
        switch schema {
        case .anything: break
        case .text: member("type", "string")
        case .pattern(let pattern):
            member("type", "string")
            key("pattern")
            string(pattern)
        case .choice(let words):
            member("type", "string")
            texts("enum", words)
        case .integer: member("type", "integer")
        case .integers(let range):
            member("type", "integer")
            count("minimum", range.lowerBound)
            if range.upperBound < .max { count("maximum", range.upperBound) }
        case .number: member("type", "number")
        case .flag: member("type", "boolean")
        case .list(let item):
            member("type", "array")
            key("items")
            self.schema(item)
        case .map(let value):
            member("type", "object")
            key("additionalProperties")
            self.schema(value)
        case .object(let members): object(members)
        case .orNull(let schema): anyOf([schema, nil])
        case .either(let schemas): anyOf(schemas)
        case .named(let name):
            key("$ref")
            string("#/components/schemas/\(name)")
        case .noted(let schema, let words):
            keywords(schema)
            key("description")
            string(words)
        }
    }

    private mutating func object(_ members: [Schema.Member]) {
        member("type", "object")
        key("properties")
        beginObject()
        for member in members {
            textKey(member.name)
            schema(member.schema)
        }
        endObject()
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty { texts("required", required) }
        // What is not described must not be there: the tests hold every answer to it.
        key("additionalProperties")
        bool(false)
    }

    private mutating func anyOf(_ schemas: [Schema?]) {
        key("anyOf")
        beginArray()
        for schema in schemas {
            if let schema {
                self.schema(schema)
            } else {
                beginObject()
                member("type", "null")
                endObject()
            }
        }
        endArray()
    }

    /// A member that is a text.
    mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    /// A member that is a list of texts.
    mutating func texts(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}
