import OpenTracing
import Synchronization

/// A tracer as somebody else might write it: numbers its spans and keeps them.
final class RecordingTracer: Tracer {
    private let started = Mutex<[RecordingSpan]>([])

    var spans: [RecordingSpan] { started.withLock { $0 } }

    func startSpan(_ operationName: String, options: SpanOptions) -> any Span {
        started.withLock { spans in
            let span = RecordingSpan(self, operationName, id: spans.count + 1, options)
            spans.append(span)
            return span
        }
    }

    func inject(_ context: any SpanContext, into carrier: inout some TextMapWriter, format: TextFormat) {
        carrier.set("span", to: context.spanIdentifier)
    }

    func inject(_ context: any SpanContext, into carrier: inout [UInt8]) {
        carrier.append(contentsOf: context.spanIdentifier.utf8)
    }

    func extract(from carrier: some TextMapReader, format: TextFormat) throws(PropagationError) -> (any SpanContext)? {
        var found: String?
        carrier.forEachPair { key, value in if key == "span" { found = value } }
        guard let found else { return nil }
        guard let id = Int(found) else { throw PropagationError(key: "span", reason: "'\(found)' is not a number") }
        return RecordingContext(id: id)
    }

    func extract(from carrier: [UInt8]) throws(PropagationError) -> (any SpanContext)? {
        RecordingContext(id: Int(String(decoding: carrier, as: UTF8.self)) ?? 0)
    }
}

struct RecordingContext: SpanContext, Equatable {
    var id: Int
    var traceIdentifier: String { "1" }
    var spanIdentifier: String { String(id) }
    var baggage: [String: String] { [:] }
}

final class RecordingSpan: Span {
    struct State {
        var tags: TagList
        var logs: [TagList] = []
        var finishes = 0
    }

    let id: Int
    let operationName: String
    let parentID: Int?
    let options: SpanOptions
    let recording: RecordingTracer
    let state: Mutex<State>

    init(_ tracer: RecordingTracer, _ name: String, id: Int, _ options: SpanOptions) {
        recording = tracer
        operationName = name
        self.id = id
        self.options = options
        parentID = (options.parent as? RecordingContext)?.id
        state = Mutex(State(tags: options.tags))
    }

    var context: any SpanContext { RecordingContext(id: id) }
    var tracer: any Tracer { recording }

    func setOperationName(_ name: String) {}
    func setTag(_ key: String, to value: TagValue) { state.withLock { $0.tags[key] = value } }
    func log(_ fields: TagList, at time: Timestamp?) { state.withLock { $0.logs.append(fields) } }
    func setBaggageItem(_ key: String, to value: String) {}
    func baggageItem(_ key: String) -> String? { nil }
    func finish(at time: Timestamp?) { state.withLock { $0.finishes += 1 } }

    var tags: TagList { state.withLock { $0.tags } }
    var logs: [TagList] { state.withLock { $0.logs } }
    var finishes: Int { state.withLock { $0.finishes } }
}
