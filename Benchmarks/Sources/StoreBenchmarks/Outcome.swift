import Foundation
import Measuring

/// What one benchmark found: processor time of all threads, in nanoseconds a unit, of each round.
struct Outcome: Codable {
    var name: String
    /// What is counted: `span`, `question` or `start`.
    var unit: String
    var rounds: [Double]

    var median: Double {
        let sorted = rounds.sorted()
        let middle = sorted.count / 2
        if sorted.isEmpty { return 0 }
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    var least: Double { rounds.min() ?? 0 }
    var most: Double { rounds.max() ?? 0 }

    /// A line of the table that people read.
    var line: String {
        let range = "\(grouped(least)) – \(grouped(most))"
        return "\(padded(name, 20)) \(rightAligned(grouped(median), 11)) ns a \(padded(unit, 9)) \(range)"
    }
}

/// Nanoseconds as people read them: no digits that say nothing, and thousands apart.
func grouped(_ nanoseconds: Double) -> String {
    if nanoseconds < 100 { return fixed(nanoseconds) }
    var digits = String(Int(nanoseconds.rounded()))
    var place = digits.count - 3
    while place > 0 {
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
        place -= 3
    }
    return digits
}

/// The same benchmarks of two versions beside each other.
struct Comparison {
    private let lines: [String]

    /// `before` and `after` are files that `--json` wrote; rounds of several runs count as one.
    init(before: [String], after: [String]) throws {
        let (old, new) = (try Self.read(before), try Self.read(after))
        var lines = [
            "\(padded("", 20)) \(rightAligned("before", 11)) \(rightAligned("after", 11))  after / before"
        ]
        for outcome in old {
            guard let other = new.first(where: { $0.name == outcome.name }) else { continue }
            // What lies within the noise of the machine is no difference.
            let verdict =
                other.most < outcome.least
                ? "less in every round" : other.least > outcome.most ? "more in every round" : ""
            let ratio = outcome.median > 0 ? fixed(other.median / outcome.median, 3) : "-"
            let medians = [outcome.median, other.median].map { rightAligned(grouped($0), 11) }.joined(separator: " ")
            lines.append("\(padded(outcome.name, 20)) \(medians)  \(padded(ratio, 6)) \(verdict)".trimmed())
        }
        lines.append("Medians of processor time, in nanoseconds a span, question or start.")
        self.lines = lines
    }

    func print() {
        for line in lines { Swift.print(line) }
    }

    private static func read(_ files: [String]) throws -> [Outcome] {
        var all: [Outcome] = []
        for file in files {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            for outcome in try JSONDecoder().decode([Outcome].self, from: data) {
                if let index = all.firstIndex(where: { $0.name == outcome.name }) {
                    all[index].rounds += outcome.rounds
                } else {
                    all.append(outcome)
                }
            }
        }
        return all
    }
}

extension String {
    fileprivate func trimmed() -> String { trimmingCharacters(in: .whitespaces) }
}
