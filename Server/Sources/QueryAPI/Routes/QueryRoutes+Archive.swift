import HTTPTypes
import Hummingbird
import Receivers
import SpanStorage
import TraceModel

extension QueryRoutes {
    private static let transformBytesMax = 64 << 20

    /// `POST /api/archive/{id}`: keeps a trace from retention.
    ///
    /// Jaeger copies the trace into a second storage with a longer life; here it is pinned where it is, durably.
    func archive(_ question: Question) async throws(QueryError) -> Response {
        let id = try question.traceID()
        _ = try question.parameters.microseconds("start")
        _ = try question.parameters.microseconds("end")
        let page: TracePage?
        do { page = try await store.tracePage(id, after: nil, limit: 1) } catch { throw QueryError(error) }
        if page == nil { throw .traceNotFound }
        do { _ = try await store.pin(id) } catch { throw QueryError(error) }
        var json = JSONWriter(isIndented: question.parameters.isIndented)
        json.beginEnvelope()
        json.beginArray()
        json.endArray()
        json.endEnvelope(total: 0, errors: [], isListWhenEmpty: true)
        return .json(json)
    }

    /// `POST /api/transform`: traces in OTLP's JSON come back in Jaeger's; nothing is stored.
    func transform(_ question: Question) async throws(QueryError) -> Response {
        let body = try await question.body(upTo: Self.transformBytesMax)
        let received: Received
        do { received = try OTLPReceiver.decodeJSON(body.readableBytesSpan) } catch {
            throw .badRequest("cannot read the body as OTLP's JSON: \(error)")
        }
        var errors: [EnvelopeError] = []
        if received.rejectedSpans > 0 { errors.append(EnvelopeError(message: received.rejectionMessage)) }
        let writer = TraceListWriter(
            traces(received.batch),
            errors: errors,
            isIndented: question.parameters.isIndented
        )
        return .traces(writer, isHead: question.isHead)
    }

    /// The traces of a batch, in the order in which they first occur, their spans in the order of their start.
    private func traces(_ batch: SpanBatch) -> [SpanBatch] {
        var numbers: [TraceID: Int] = [:]
        var rows: [[Int]] = []
        for row in 0..<batch.count {
            let id = batch.spans.traceID(row)
            if let number = numbers[id] {
                rows[number].append(row)
            } else {
                numbers[id] = rows.count
                rows.append([row])
            }
        }
        return rows.map { rows in
            batch.selecting(rows.sorted { (batch.spans.starts[$0], $0) < (batch.spans.starts[$1], $1) })
        }
    }
}
