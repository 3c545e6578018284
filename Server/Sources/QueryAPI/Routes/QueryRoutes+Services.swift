import Hummingbird
import SpanStorage
import TraceModel

extension QueryRoutes {
    /// `GET /api/services`: the names of all services.
    func services(_ question: Question) async throws(QueryError) -> Response {
        let services: [String]
        do { services = try await store.services() } catch { throw QueryError(error) }
        return .json(names(services, question))
    }

    /// `GET /api/services/{service}/operations`: the names of a service's operations, each once.
    func operationNames(_ question: Question) async throws(QueryError) -> Response {
        let operations = try await storedOperations(of: question.pathPart("service"), kind: nil)
        // One name may have several kinds; they stand next to each other.
        var unique: [String] = []
        for operation in operations where operation.name != unique.last { unique.append(operation.name) }
        return .json(names(unique, question, isNullWhenEmpty: true))
    }

    /// `GET /api/operations?service=…&spanKind=…`: a service's operations with their kinds.
    func operations(_ question: Question) async throws(QueryError) -> Response {
        let service = question.parameters["service"]
        if service.isEmpty { throw .badRequest("parameter 'service' is required") }
        let kindText = question.parameters["spanKind"]
        let kind = kindText == "unspecified" ? .unspecified : SpanKind(tagValue: kindText)
        if kind == nil, !kindText.isEmpty { throw .wrong("spanKind", kindText, .choice(SpanKind.jaegerWords)) }
        let found = try await storedOperations(of: service, kind: kind)
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        for operation in found {
            json.beginObject()
            json.key("name")
            json.string(operation.name)
            json.key("spanKind")
            json.plainString(operation.kind.tagValue)
            json.endObject()
        }
        json.endArray()
        json.endEnvelope(total: found.count)
        return .json(json)
    }

    private func storedOperations(of service: String, kind: SpanKind?) async throws(QueryError) -> [Operation] {
        do { return try await store.operations(of: service, kind: kind) } catch { throw QueryError(error) }
    }

    private func names(_ names: [String], _ question: Question, isNullWhenEmpty: Bool = false) -> JSONWriter {
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        if names.isEmpty, isNullWhenEmpty {
            json.null()
        } else {
            json.beginArray()
            for name in names { json.string(name) }
            json.endArray()
        }
        json.endEnvelope(total: names.count)
        return json
    }
}
