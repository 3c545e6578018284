#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A preview as it comes from the server, and as people read it.
public struct SamplingPreview: Sendable {
    private let report: TailPreviewReport

    /// Asks the admin port of a running server.
    ///
    /// - Parameters:
    ///   - file: The file of policies; nil for those in force.
    ///   - admin: The address of the port.
    ///   - parameters: `start`, `end` and `limit`, as the port takes them.
    /// - Throws: `SamplingPreviewError` if the file cannot be read, nobody answers, or the policies are refused.
    public init(
        of file: String?,
        from admin: String,
        _ parameters: [(String, String)]
    ) async throws(SamplingPreviewError) {
        guard let client = AdminClient(admin) else {
            throw SamplingPreviewError("\"\(admin)\" is not host:port; expected for example localhost:14269")
        }
        var body: [UInt8] = []
        if let file {
            do throws(WatchedFileError) {
                body = [UInt8](try WatchedFile(path: file, subject: "tail sampling policies").read())
            } catch {
                throw SamplingPreviewError(error.description)
            }
        }
        let answer: (status: Int, body: String)
        do {
            answer = try await client.post(TailPreviewRoute.path, parameters, body: body)
        } catch {
            throw SamplingPreviewError("no server answers at \(admin): \(error)")
        }
        guard answer.status == 200 else {
            throw SamplingPreviewError(answer.body.split(separator: "\n").joined(separator: "\n"))
        }
        do {
            report = try JSONDecoder().decode(TailPreviewReport.self, from: Data(answer.body.utf8))
        } catch {
            throw SamplingPreviewError("what answers at \(admin) is no admin port of martlet")
        }
    }

    /// A table: what each policy would keep, and what none would.
    public var text: String {
        let (traces, spans, keptTraces) = (report.traces, report.spans, report.keptTraces)
        if traces == 0 { return "No traces began between \(report.start) and \(report.end)." }
        let which = report.isComplete ? "all" : "the newest"
        var rows = [["policy", "type", "traces", "", "spans", "", "for example"]]
        func row(_ name: String, _ type: String, _ outcome: TailPreviewReport.Outcome) -> [String] {
            [
                name, type, "\(outcome.traces)", share(outcome.traces, traces), "\(outcome.spans)",
                share(outcome.spans, spans), outcome.examples.first ?? "",
            ]
        }
        for policy in report.policies { rows.append(row(policy.name, policy.type, policy.kept)) }
        rows.append(row("(none)", "left out", report.leftOut))
        let widths = (0..<7).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                if column == 6 { return cell }
                return (2...5).contains(column) ? space + cell : cell + space
            }
            return "  " + cells.joined(separator: "  ")
        }
        return """
            \(traces) traces (\(which) between \(report.start) and \(report.end)), of which \(keptTraces) \
            (\(share(keptTraces, traces))) would be kept:

            \(lines.joined(separator: "\n"))
            """
    }

    private func share(_ part: Int, _ whole: Int) -> String {
        let tenths = whole == 0 ? 0 : (Double(part) * 1_000 / Double(whole)).rounded() / 10
        return "\(tenths) %"
    }
}

/// Why there is no preview.
public struct SamplingPreviewError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, for the person who asked.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
