import Foundation
import Measuring

let usage = """
    StoreBenchmarks [FILTER] [--json FILE]    runs the benchmarks whose name contains FILTER, or all
    StoreBenchmarks --compare BEFORE… -- AFTER…  compares files that --json wrote
    """

func complain(_ text: String) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(1)
}

var arguments = Array(CommandLine.arguments.dropFirst())
if arguments.contains("--help") || arguments.contains("-h") {
    print(usage)
    exit(0)
}

if arguments.first == "--compare" {
    let files = arguments.dropFirst().split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
    guard files.count == 2, !files[0].isEmpty, !files[1].isEmpty else { complain(usage) }
    do {
        try Comparison(before: Array(files[0]), after: Array(files[1])).print()
    } catch {
        complain("The files cannot be compared: \(error)")
    }
    exit(0)
}

var file: String?
if let place = arguments.firstIndex(of: "--json") {
    guard place + 1 < arguments.count else { complain(usage) }
    file = arguments[place + 1]
    arguments.removeSubrange(place...place + 1)
}
guard arguments.count <= 1, arguments.first?.hasPrefix("-") != true else { complain(usage) }

let questions = QuestionBenchmarks()
let all =
    DecodeBenchmarks.all() + [IngestBenchmarks.append, IngestBenchmarks.seal, IngestBenchmarks.merge] + questions.all()
    + [OpenBenchmark().benchmark]
let chosen = all.filter { benchmark in arguments.first.map { benchmark.name.contains($0) } ?? true }
if chosen.isEmpty {
    complain("No benchmark's name contains \"\(arguments[0])\". There are: \(all.map(\.name).joined(separator: ", "))")
}

var failure: (any Error)?
var outcomes: [Outcome] = []
do {
    for benchmark in chosen {
        let outcome = try await benchmark.run()
        outcomes.append(outcome)
        print(outcome.line)
    }
    if let file {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(outcomes).write(to: URL(fileURLWithPath: file))
    }
} catch {
    failure = error
}
await questions.close()
Folders.removeAll()
if let failure { complain("\(failure)") }
