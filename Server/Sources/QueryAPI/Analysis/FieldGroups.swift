import SpanStorage
import TraceModel

/// The spans of a trace, told apart by the values of one or two fields.
struct FieldGroups {
    /// The values that the spans of each group have; nil where they have none.
    private(set) var values: [[AttributeValue?]] = []
    /// By row: the number of its group.
    private(set) var numbers: [Int] = []

    init(_ fields: [SpanField], of trace: borrowing SpanBatch) {
        var columns: [(numbers: [Int], values: [AttributeValue?])] = []
        for field in fields { columns.append(field.groups(of: trace)) }
        var known: [[Int]: Int] = [:]
        for row in 0..<trace.count {
            let place = columns.map { $0.numbers[row] }
            if let number = known[place] {
                numbers.append(number)
                continue
            }
            known[place] = values.count
            numbers.append(values.count)
            values.append(zip(columns, place).map { $0.values[$1] })
        }
    }
}

extension SpanField {
    /// The field that a parameter names: `service`, `operation`, `kind`, `status`, or whatever TraceQL has a name for.
    init(parameter: String, _ text: String) throws(QueryError) {
        switch text {
        case "service": self = .service
        case "operation": self = .intrinsic(.name)
        default:
            do { self = try SpanField(traceQL: text) } catch {
                throw .own(
                    parameter,
                    "'\(text)' is not understood (\(error.message)); it is \(ParameterKind.field.allowed)"
                )
            }
        }
    }
}
