import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file of the data directory that keeps the probabilities of adaptive sampling over a restart.
struct AdaptiveFile: Sendable {
    private let path: String

    /// The file of a data directory; nil if spans are kept in memory.
    init?(_ settings: ServerSettings) {
        guard settings.storage == .embedded, settings.samplingAdaptive != nil else { return nil }
        path = "\(settings.dataDirectory)/adaptive-sampling.json"
    }

    /// What was kept; empty if there is nothing, or nothing that can be read.
    func load(logger: Logger) -> [String: [String: Double]] {
        guard let bytes = FileManager.default.contents(atPath: path) else { return [:] }
        do {
            return try JSONDecoder().decode([String: [String: Double]].self, from: bytes)
        } catch {
            // Probabilities are learnt again; that must not keep the server from starting.
            logger.warning("\(path) cannot be read: \(WatchedFile.words(error)); adaptive sampling begins anew")
            return [:]
        }
    }

    /// Keeps probabilities, all or none of them.
    func save(_ probabilities: [String: [String: Double]], logger: Logger) {
        do {
            try Data(encoded(probabilities)).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            logger.warning("\(path) cannot be written: \(error)")
        }
    }
}
