import FoundationEssentials

/// A JSON document that somebody sent, read as a whole: for small ones, whose shape is not known before.
enum JSONDocument: Decodable, Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case list([JSONDocument])
    case object([String: JSONDocument])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let int = try? container.decode(Int64.self) {
            self = .int(int)
        } else if let double = try? container.decode(Double.self) {
            self = .double(double)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let list = try? container.decode([JSONDocument].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONDocument].self))
        }
    }

    /// Reads a document; nil for bytes that are none.
    init?(bytes: some Collection<UInt8>) {
        guard let document = try? JSONDecoder().decode(JSONDocument.self, from: Data(bytes)) else { return nil }
        self = document
    }

    /// A field of an object; nil if there is none or this is no object.
    subscript(name: String) -> JSONDocument? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    /// The text, if it is one.
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension JSONWriter {
    /// A document as it came.
    mutating func document(_ document: JSONDocument) {
        switch document {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .int(let number): int(number)
        case .double(let number): double(number)
        case .string(let text): string(text)
        case .list(let items):
            beginArray()
            for item in items { self.document(item) }
            endArray()
        case .object(let fields):
            beginObject()
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                let key = Array(name.utf8)
                self.key(escaping: key.span.bytes)
                self.document(value)
            }
            endObject()
        }
    }
}
