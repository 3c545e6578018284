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
        let disk = parts.segmentBytes + parts.logBytes + parts.catalogueBytes
        var lines = [
            "spans       \(Figures.count(parts.spans)) of \(Figures.count(parts.traces, "trace"))",
            "segments    \(Figures.bytes(parts.segmentBytes)) in \(Figures.count(parts.segments, "file")), "
                + "\(Self.each(parts.segmentBytes, parts.spans)) bytes a span",
            "log         \(Figures.bytes(parts.logBytes))"
                + (parts.logBytes > 0 ? ", with what came last and is in no segment yet" : ""),
            "catalogue   \(Figures.bytes(parts.catalogueBytes))",
            "together    \(Figures.bytes(disk))",
        ]
        lines += rows("section", parts.sections, of: parts, counted: "sections", top: 0)
        lines += rows("column, in the pages", parts.columns, of: parts, counted: "spans", top: 0)
        lines += rows("attribute, in the pages", parts.attributes, of: parts, counted: "values", top: top)
        lines.append("Strings that repeat are in the section of dictionaries, once for all attributes.")
        lines += services(parts)
        for problem in parts.problems { lines.append("damaged: \(problem)") }
        return lines.joined(separator: "\n")
    }

    private func services(_ parts: StoreBreakdown) -> [String] {
        var lines = ["", "service".padded(36) + "spans".aligned(14) + "share".aligned(9)]
        let shown = top > 0 ? parts.services.prefix(top) : parts.services[...]
        for service in shown {
            let share = Self.share(service.count, parts.spans)
            lines.append(service.name.padded(36) + Figures.count(service.count).aligned(14) + share.aligned(9))
        }
        return lines + Self.more(parts.services.count - shown.count)
    }

    private func rows(
        _ title: String,
        _ rows: [StoreBreakdown.Part],
        of parts: StoreBreakdown,
        counted: String,
        top: Int
    ) -> [String] {
        func line(_ name: String, _ bytes: Int) -> String {
            name.padded(36) + Figures.count(bytes).aligned(14) + Self.share(bytes, parts.segmentBytes).aligned(9)
                + Self.each(bytes, parts.spans).aligned(9)
        }
        let titles = "bytes".aligned(14) + "share".aligned(9) + "a span".aligned(9)
        var lines = ["", title.padded(36) + titles + counted.aligned(12)]
        let shown = top > 0 ? rows.prefix(top) : rows[...]
        for row in shown { lines.append(line(row.name, row.bytes) + Figures.count(row.count).aligned(12)) }
        lines += Self.more(rows.count - shown.count)
        lines.append(line("all of them", rows.reduce(0) { $0 + $1.bytes }))
        return lines
    }

    private static func more(_ count: Int) -> [String] {
        count > 0 ? ["and \(Figures.count(count)) more; --top 0 shows all"] : []
    }

    /// Bytes a span, `3.17`.
    private static func each(_ bytes: Int, _ spans: Int) -> String {
        Figures.hundredths(Double(bytes) / Double(max(1, spans)))
    }

    /// `12.3 %`.
    private static func share(_ part: Int, _ whole: Int) -> String {
        "\(Figures.tenths(100 * Double(part) / Double(max(1, whole)))) %"
    }

    private static func json(_ parts: StoreBreakdown) -> String {
        func list(_ parts: [StoreBreakdown.Part]) -> String {
            let items = parts.map { "{\"name\":\(quoted($0.name)),\"bytes\":\($0.bytes),\"count\":\($0.count)}" }
            return "[\(items.joined(separator: ","))]"
        }
        let services = parts.services.map { "{\"name\":\(quoted($0.name)),\"spans\":\($0.count)}" }
        let fields = [
            "\"spans\":\(parts.spans)", "\"traces\":\(parts.traces)",
            "\"segments\":\(parts.segments)", "\"segmentBytes\":\(parts.segmentBytes)",
            "\"logBytes\":\(parts.logBytes)", "\"catalogueBytes\":\(parts.catalogueBytes)",
            "\"sections\":\(list(parts.sections))", "\"columns\":\(list(parts.columns))",
            "\"attributes\":\(list(parts.attributes))", "\"services\":[\(services.joined(separator: ","))]",
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
