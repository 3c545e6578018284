import ArgumentParser
import EmbeddedStore

/// What takes the space.
struct StoreStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tell what takes the space: bytes a span, by column, by attribute, by service.",
        discussion: "It reads all segment files, also while the server runs."
    )

    @OptionGroup var options: StoreOptions

    @Flag(help: "As JSON, for programs.") var json = false

    @Option(help: "How many attributes and services to show; 0 for all.") var top = 20

    func run() async throws {
        let parts = try StoreBreakdown(options.directory)
        Terminal.say(json ? Self.json(parts) : table(parts))
    }

    private func table(_ parts: StoreBreakdown) -> String {
        let spans = max(1, parts.spans)
        var lines = [
            "spans       \(Figures.count(parts.spans)) in \(Figures.count(parts.segments)) segments",
            "segments    \(Figures.bytes(parts.segmentBytes)), "
                + "\(Figures.tenths(Double(parts.segmentBytes) / Double(spans))) bytes a span",
            "log         \(Figures.bytes(parts.logBytes))",
            "catalogue   \(Figures.bytes(parts.catalogueBytes))",
        ]
        lines += Self.rows("section", parts.sections, spans: spans, top: 0)
        lines += Self.rows("column of the pages", parts.columns, spans: spans, top: 0)
        lines += Self.rows("attribute", parts.attributes, spans: spans, top: top)
        lines += ["", "service".padded(44) + "spans".aligned(14)]
        let services = top > 0 ? parts.services.prefix(top) : parts.services[...]
        for service in services { lines.append(service.name.padded(44) + Figures.count(service.count).aligned(14)) }
        if services.count < parts.services.count { lines.append("and \(parts.services.count - services.count) more") }
        for problem in parts.problems { lines.append("damaged: \(problem)") }
        return lines.joined(separator: "\n")
    }

    private static func rows(_ title: String, _ parts: [StoreBreakdown.Part], spans: Int, top: Int) -> [String] {
        var lines = ["", title.padded(44) + "bytes".aligned(14) + "a span".aligned(10) + "values".aligned(14)]
        let shown = top > 0 ? parts.prefix(top) : parts[...]
        for part in shown {
            let each = Figures.tenths(Double(part.bytes) / Double(spans))
            lines.append(
                part.name.padded(44) + Figures.count(part.bytes).aligned(14) + each.aligned(10)
                    + Figures.count(part.count).aligned(14)
            )
        }
        if shown.count < parts.count { lines.append("and \(parts.count - shown.count) more") }
        return lines
    }

    private static func json(_ parts: StoreBreakdown) -> String {
        func list(_ parts: [StoreBreakdown.Part]) -> String {
            let items = parts.map { "{\"name\":\(quoted($0.name)),\"bytes\":\($0.bytes),\"count\":\($0.count)}" }
            return "[\(items.joined(separator: ","))]"
        }
        let fields = [
            "\"spans\":\(parts.spans)", "\"segments\":\(parts.segments)", "\"segmentBytes\":\(parts.segmentBytes)",
            "\"logBytes\":\(parts.logBytes)", "\"catalogueBytes\":\(parts.catalogueBytes)",
            "\"sections\":\(list(parts.sections))", "\"columns\":\(list(parts.columns))",
            "\"attributes\":\(list(parts.attributes))", "\"services\":\(list(parts.services))",
            "\"problems\":[\(parts.problems.map(quoted).joined(separator: ","))]",
        ]
        return "{\(fields.joined(separator: ","))}"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": return "\\\""
            case "\\": return "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: return String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

extension String {
    /// With blanks behind it, and cut if it is longer.
    fileprivate func padded(_ width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : String(prefix(width - 2)) + "… "
    }

    /// With blanks before it.
    fileprivate func aligned(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
