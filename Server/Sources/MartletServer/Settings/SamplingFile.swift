import Logging
import Sampling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SamplingStrategies {
    /// The strategies that the settings want: those of the file, if one is named.
    init(_ settings: ServerSettings, logger: Logger) throws(StartError) {
        let probability = settings.samplingProbability
        guard let path = settings.samplingFile, !path.isEmpty else {
            self.init(fallback: ServiceStrategy(.probabilistic(probability)))
            return
        }
        let setting = SettingName.samplingFile.flag
        if path.hasPrefix("http://") || path.hasPrefix("https://") {
            throw StartError("\(setting): strategies are read from files only, not from \(path)")
        }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw StartError("\(setting): the file \(path) cannot be read: \(error)")
        }
        let file: StrategiesFile
        do {
            file = try JSONDecoder().decode(StrategiesFile.self, from: bytes)
        } catch {
            throw StartError("\(setting): \(path) is not a file of sampling strategies: \(Self.words(error))")
        }
        var warnings: [String] = []
        self.init(file, defaultProbability: probability, warnings: &warnings)
        for warning in warnings { logger.warning("\(path): \(warning)") }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\"\(key.stringValue)\" is missing\(place(context))"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "a value of another type was expected\(place(context))"
        case DecodingError.dataCorrupted(let context):
            "\(context.debugDescription)\(place(context))"
        default: "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
        return path.isEmpty ? "" : " at \(path.drop { $0 == "." })"
    }
}
