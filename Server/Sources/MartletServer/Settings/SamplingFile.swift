import Logging
import Sampling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file of Jaeger's `--sampling.strategies-file`, read at the start and again whenever it changes.
struct SamplingFile: Sendable {
    private let file: WatchedFile
    private let defaultProbability: Double

    /// The file that the settings name; nil if they name none.
    init?(_ settings: ServerSettings) throws(StartError) {
        guard let path = settings.samplingFile, !path.isEmpty else { return nil }
        if path.hasPrefix("http://") || path.hasPrefix("https://") {
            throw StartError(
                "\(SettingName.samplingFile.flag): strategies are read from files only, not from \(path)"
            )
        }
        file = WatchedFile(path: path, subject: "sampling strategies")
        defaultProbability = settings.samplingProbability
    }

    /// What is in the file, and what of it cannot be used, a line each; the error is one too.
    func load() throws(WatchedFileError) -> (strategies: SamplingStrategies, warnings: [String]) {
        try parse(file.load())
    }

    private func parse(_ bytes: Data) throws(WatchedFileError) -> (SamplingStrategies, [String]) {
        let content = try file.decode(StrategiesFile.self, from: bytes)
        var warnings: [String] = []
        let strategies = SamplingStrategies(content, defaultProbability: defaultProbability, warnings: &warnings)
        return (strategies, warnings.map { "\(file.path): \($0)" })
    }

    /// Puts what the file holds into the book whenever it changes; what cannot be used changes nothing.
    func follow(into book: SamplingBook, every interval: Duration, logger: Logger) async {
        await file.follow(every: interval, logger: logger, onFailure: book.noteReloadFailure) {
            bytes throws(WatchedFileError) in
            let (strategies, warnings) = try parse(bytes)
            book.replace(with: strategies)
            for warning in warnings { logger.warning("\(warning)") }
            return ["services": "\(strategies.services.count)"]
        }
    }
}
