import TraceModel

// Fields that have a name of their own.
extension FieldRows {
    /// Whether a trace satisfies the condition.
    mutating func accepts(_ intrinsic: Intrinsic, of trace: TraceFacts, _ batch: borrowing SpanBatch) -> Bool {
        switch intrinsic {
        case .traceDuration: return accepts(int: trace.duration)
        case .traceSpanCount: return accepts(int: Int64(trace.spanCount))
        case .rootName:
            guard let root = trace.root else { return false }
            return accepts(string: batch.spans.names[root], batch.strings)
        case .rootServiceName:
            guard let root = trace.root else { return false }
            return accepts(string: batch.resource(of: root).service, batch.strings)
        default: return false
        }
    }

    /// Reads a field that is the span's own.
    mutating func read(_ intrinsic: Intrinsic, _ batch: borrowing SpanBatch) {
        let spans = batch.spans
        switch intrinsic {
        case .name: for row in rows.indices { set(row, accepts(string: spans.names[row], batch.strings)) }
        case .statusMessage:
            for row in rows.indices where spans.statusMessages[row] != 0 {
                set(row, accepts(string: spans.statusMessages[row], batch.strings))
            }
        case .duration: for row in rows.indices { set(row, accepts(int: spans.durations[row])) }
        case .status: for row in rows.indices { set(row, ValueTest.accepts(spans.statuses[row], condition.test)) }
        case .kind: for row in rows.indices { set(row, ValueTest.accepts(spans.kinds[row], condition.test)) }
        case .scopeName, .scopeVersion: readScopes(intrinsic, batch)
        case .eventName, .eventTimeSinceStart: readEvents(intrinsic, batch)
        case .spanID, .parentID, .traceID, .linkSpanID, .linkTraceID: readIdentities(intrinsic, batch)
        case .rootName, .rootServiceName, .traceDuration, .traceSpanCount: break
        case .nestedSetLeft, .nestedSetRight, .nestedSetParent, .childCount: break
        }
    }

    /// Reads a field that says where each span stands; the batch holds the whole trace.
    mutating func readPlaces(_ intrinsic: Intrinsic, _ batch: borrowing SpanBatch) {
        for (row, number) in NestedSets(batch).values(intrinsic).enumerated() { set(row, accepts(int: number)) }
    }

    private mutating func readScopes(_ intrinsic: Intrinsic, _ batch: borrowing SpanBatch) {
        var answers: [Bool] = []
        for scope in batch.scopes {
            let text = intrinsic == .scopeName ? scope.name : scope.version
            answers.append(text != 0 && accepts(string: text, batch.strings))
        }
        for row in rows.indices {
            let number = Int(batch.spans.scopes[row])
            set(row, number < answers.count && answers[number])
        }
    }

    private mutating func readEvents(_ intrinsic: Intrinsic, _ batch: borrowing SpanBatch) {
        for row in rows.indices {
            let start = batch.spans.starts[row]
            for event in batch.events.range(row) where !rows[row] {
                if intrinsic == .eventName {
                    let name = batch.events.names[event]
                    set(row, name != 0 && accepts(string: name, batch.strings))
                } else {
                    set(row, accepts(int: Int64(bitPattern: batch.events.times[event] &- start)))
                }
            }
        }
    }

    private mutating func readIdentities(_ intrinsic: Intrinsic, _ batch: borrowing SpanBatch) {
        let spans = batch.spans
        let wanted = IdentityTest(condition.test)
        for row in rows.indices {
            switch intrinsic {
            case .spanID: set(row, accepts(TraceID(low: spans.spanIDs[row]), wanted))
            case .parentID:
                let parent = spans.parentSpanIDs[row]
                set(row, parent != 0 && accepts(TraceID(low: parent), wanted))
            case .traceID: set(row, accepts(spans.traceID(row), wanted))
            default:
                for link in batch.links.range(row) where !rows[row] {
                    let low = intrinsic == .linkSpanID ? batch.links.spanIDs[link] : batch.links.traceIDLow[link]
                    let high = intrinsic == .linkSpanID ? 0 : batch.links.traceIDHigh[link]
                    set(row, accepts(TraceID(high: high, low: low), wanted))
                }
            }
        }
    }

    private mutating func accepts(_ id: TraceID, _ wanted: IdentityTest) -> Bool {
        switch wanted {
        case .anything: true
        case .oneOf(let ids): ids.contains(id)
        case .other(let other): id != other
        case .text: accepts(text: id.hex)
        }
    }
}

/// A test of an id.
///
/// Equality is that of the number, so that neither leading zeros nor the case of letters matter.
private enum IdentityTest {
    case anything
    case oneOf([TraceID])
    case other(TraceID?)
    /// By the id's text: 16 digits, or 32 for a trace's id of more than 64 bits, in lower case.
    case text

    init(_ test: FieldTest) {
        switch test {
        case .exists: self = .anything
        case .compare(.equal, .string(let text)): self = .oneOf([TraceID(hex: text)].compactMap(\.self))
        case .compare(.notEqual, .string(let text)): self = .other(TraceID(hex: text))
        case .isOneOf(let values):
            self = .oneOf(values.compactMap { if case .string(let text) = $0 { TraceID(hex: text) } else { nil } })
        default: self = .text
        }
    }
}
