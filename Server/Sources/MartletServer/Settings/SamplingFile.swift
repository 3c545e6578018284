import Logging
import Sampling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file of Jaeger's `--sampling.strategies-file`, read at the start and again whenever it changes.
struct SamplingFile: Sendable {
    let path: String
    let defaultProbability: Double

    /// The file that the settings name; nil if they name none.
    init?(_ settings: ServerSettings) throws(StartError) {
        guard let path = settings.samplingFile, !path.isEmpty else { return nil }
        if path.hasPrefix("http://") || path.hasPrefix("https://") {
            throw StartError(
                "\(SettingName.samplingFile.flag): strategies are read from files only, not from \(path)"
            )
        }
        self.path = path
        defaultProbability = settings.samplingProbability
    }

    /// What is in the file, and what of it cannot be used, a line each; the error is one too.
    func load() throws(SamplingFileError) -> (strategies: SamplingStrategies, warnings: [String]) {
        try parse(read())
    }

    private func read() throws(SamplingFileError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile?: "there is no such file"
                case .fileReadNoPermission?: "this process may not read it"
                default: "\(error)"
                }
            throw SamplingFileError("\(path) cannot be read: \(reason)")
        }
    }

    private func parse(_ bytes: Data) throws(SamplingFileError) -> (SamplingStrategies, [String]) {
        let file: StrategiesFile
        do {
            file = try JSONDecoder().decode(StrategiesFile.self, from: bytes)
        } catch {
            throw SamplingFileError("\(path) is not a file of sampling strategies: \(Self.words(error))")
        }
        var warnings: [String] = []
        let strategies = SamplingStrategies(file, defaultProbability: defaultProbability, warnings: &warnings)
        return (strategies, warnings.map { "\(path): \($0)" })
    }

    /// Puts what the file holds into the book whenever it changes; what cannot be used changes nothing.
    ///
    /// The content decides, not the time of the file: editors, and the links of mounted configuration, swap files in
    /// many ways. Ends when its task is cancelled.
    func follow(into book: SamplingBook, every interval: Duration, logger: Logger) async {
        var known = try? read()
        var complaint: String?
        while (try? await Task.sleep(for: interval)) != nil {
            do throws(SamplingFileError) {
                let bytes = try read()
                if bytes == known, complaint == nil { continue }
                let (strategies, warnings) = try parse(bytes)
                known = bytes
                complaint = nil
                book.replace(with: strategies)
                for warning in warnings { logger.warning("\(warning)") }
                let count = strategies.services.count
                logger.info("sampling strategies read again", metadata: ["file": "\(path)", "services": "\(count)"])
            } catch {
                if complaint != error.description {
                    book.noteReloadFailure()
                    logger.error("\(error); the strategies from before stay in force")
                }
                complaint = error.description
            }
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\"\(key.stringValue)\" is missing\(place(context))"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "a value of another type was expected\(place(context))"
        case DecodingError.dataCorrupted(let context):
            "\(reason(context))\(place(context))"
        default: "\(error)"
        }
    }

    /// Foundation keeps the line and column of a syntax error in an error below the one that it throws.
    private static func reason(_ context: DecodingError.Context) -> String {
        guard let below = context.underlyingError else { return context.debugDescription }
        let text = "\(below)"
        guard let start = text.firstRange(of: "NSDebugDescription=")?.upperBound else { return text }
        return String(text[start...].prefix { $0 != "}" && $0 != "\n" })
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
        return path.isEmpty ? "" : " at \(path.drop { $0 == "." })"
    }
}

/// Why a file of strategies cannot be used.
struct SamplingFileError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
