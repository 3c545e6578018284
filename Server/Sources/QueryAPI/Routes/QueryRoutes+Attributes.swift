import Hummingbird
import SpanStorage
import TraceModel

// What there is to ask for: for whoever completes a query while it is typed.
extension QueryRoutes {
    /// `GET /api/attributes?…`: the keys of attributes.
    func attributeKeys(_ question: Question) async throws(QueryError) -> Response {
        var found = AttributeCounts<AttributeKeyCount>()
        if let query = try question.parameters.attributeQuery(nowNanoseconds: now()) {
            do { found = try await store.attributeKeys(query) } catch { throw QueryError(error) }
        }
        return answer(question, found) { json, item in
            json.key("key")
            json.string(item.key)
            json.key("level")
            json.plainString(item.level.name)
            json.key("count")
            json.int(item.count)
            json.key("types")
            json.beginArray()
            for type in item.types {
                json.beginObject()
                json.key("type")
                json.plainString(type.type.name)
                json.key("count")
                json.int(type.count)
                json.endObject()
            }
            json.endArray()
        }
    }

    /// `GET /api/attributes/{key}/values?…`: the values of a key.
    func attributeValues(_ question: Question) async throws(QueryError) -> Response {
        var found = AttributeCounts<AttributeValueCount>()
        if let query = try question.parameters.attributeQuery(nowNanoseconds: now()) {
            let key = question.pathPart("key")
            do { found = try await store.attributeValues(of: key, query) } catch { throw QueryError(error) }
        }
        return answer(question, found) { json, item in
            json.key("value")
            json.attribute(item.value)
            json.key("type")
            json.plainString(item.value.typeName)
            json.key("count")
            json.int(item.count)
        }
    }

    private func answer<Item>(
        _ question: Question,
        _ found: AttributeCounts<Item>,
        _ write: (inout JSONWriter, Item) -> Void
    ) -> Response {
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        for item in found.items {
            json.beginObject()
            write(&json, item)
            json.endObject()
        }
        json.endArray()
        json.key("total")
        json.int(found.items.count)
        json.key("truncated")
        json.bool(found.isTruncated)
        json.key("isExact")
        json.bool(found.isExact)
        json.key("partial")
        if let partial = found.partial { json.partial(partial) } else { json.null() }
        json.key("errors")
        json.null()
        json.endObject()
        return .json(json)
    }
}

extension JSONWriter {
    /// A value as JSON has it: an integer that a double cannot hold and a number that JSON lacks as strings, bytes in
    /// base64, arrays and maps as the text of their JSON.
    mutating func attribute(_ value: AttributeValue) {
        switch value {
        case .empty: null()
        case .string(let text): string(text)
        case .bool(let flag): bool(flag)
        case .int(let number):
            if number.magnitude < 1 << 53 { int(number) } else { quotedInt(number) }
        case .double(let number): double(number)
        case .bytes(let bytes): plainString(base64Text(bytes))
        case .array, .map: string(value.jsonText)
        }
    }
}

extension AttributeType {
    /// How the type is named in answers.
    fileprivate var name: String {
        switch self {
        case .empty: "empty"
        case .string: "string"
        case .bool: "bool"
        case .int: "int"
        case .double: "double"
        case .bytes: "bytes"
        case .array: "array"
        case .map: "map"
        }
    }
}

extension AttributeValue {
    var typeName: String {
        switch self {
        case .empty: AttributeType.empty.name
        case .string: AttributeType.string.name
        case .bool: AttributeType.bool.name
        case .int: AttributeType.int.name
        case .double: AttributeType.double.name
        case .bytes: AttributeType.bytes.name
        case .array: AttributeType.array.name
        case .map: AttributeType.map.name
        }
    }
}
