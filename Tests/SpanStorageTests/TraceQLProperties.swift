import SpanStorage

/// What must hold of any text that is read as a query: it is refused with words that name a place, or what is printed
/// of it reads as the same.
enum TraceQLProperties {
    /// Why the text is handled badly; nil if it is not.
    static func finding(in bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(TraceQLError) {
            let expression = try SpansetExpression(traceQL: text)
            let printed = expression.traceQL
            do throws(TraceQLError) {
                let again = try SpansetExpression(traceQL: printed)
                if again != expression { return "printed as what reads otherwise: \(printed)" }
                return again.traceQL == printed ? nil : "printed in two ways: \(printed)"
            } catch {
                return "printed as what is refused: \(printed): \(error)"
            }
        } catch {
            return error.message.isEmpty ? "refused without words" : nil
        }
    }
}
