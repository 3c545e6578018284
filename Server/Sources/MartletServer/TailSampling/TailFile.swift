import Logging
import Sampling
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file of `--sampling.tail-policies`, read at the start and again whenever it changes.
final class TailFile: Sendable {
    private let file: WatchedFile
    private let failures = Atomic<Int>(0)

    /// Where it is.
    var path: String { file.path }

    /// How often a changed file could not be used.
    var reloadFailures: Int { failures.load(ordering: .relaxed) }

    /// The file that the settings name; nil if they name none.
    init?(_ settings: ServerSettings) {
        guard let path = settings.tailPolicies, !path.isEmpty else { return nil }
        file = WatchedFile(path: path, subject: "tail sampling policies")
    }

    /// What is in the file.
    func load() throws(WatchedFileError) -> TailOptions { try Self.parse(file.load(), file) }

    /// Has the sampler work by what the file holds whenever it changes; what cannot be used changes nothing.
    func follow(into sampler: TailSampler, every interval: Duration, logger: Logger) async {
        await file.follow(every: interval, logger: logger, onFailure: { failures.add(1, ordering: .relaxed) }) {
            [file] bytes throws(WatchedFileError) in
            let options = try Self.parse(bytes, file)
            sampler.replace(with: options)
            return ["policies": "\(options.policies.count)"]
        }
    }

    /// The options that a text stands for.
    static func parse(_ bytes: Data, _ file: WatchedFile) throws(WatchedFileError) -> TailOptions {
        let content = try file.decode(TailPoliciesFile.self, from: bytes)
        do throws(TailPolicyError) {
            return try TailOptions(content)
        } catch {
            throw WatchedFileError("\(file.path) has a policy that cannot be used: \(error)")
        }
    }
}
