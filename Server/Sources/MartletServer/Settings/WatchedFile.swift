import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of JSON that the operator may change while the server runs.
final class WatchedFile: Sendable {
    let path: String
    /// What is in it, in words: `sampling strategies`.
    let subject: String
    // What is in force.
    private let known = Mutex<Data?>(nil)

    init(path: String, subject: String) {
        self.path = path
        self.subject = subject
    }

    /// All of the file, which `follow` takes for what is in force.
    func load() throws(WatchedFileError) -> Data {
        let bytes = try read()
        known.withLock { $0 = bytes }
        return bytes
    }

    /// All of the file.
    func read() throws(WatchedFileError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile?: "there is no such file"
                case .fileReadNoPermission?: "this process may not read it"
                default: "\(error)"
                }
            throw WatchedFileError("\(path) cannot be read: \(reason)")
        }
    }

    /// The value that the file stands for; the error names the field, or the place in the text.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: Data) throws(WatchedFileError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw WatchedFileError("\(path) is not a file of \(subject): \(Self.words(error))")
        }
    }

    /// Has `apply` look at the file whenever it changes; when that throws, what was there before is to stay in force.
    ///
    /// The content decides, not the time of the file: editors, and the links of mounted configuration, swap files in
    /// many ways. Ends when its task is cancelled.
    ///
    /// - Parameters:
    ///   - interval: How often the file is looked at.
    ///   - logger: Hears of changes, and of each reason why one cannot be used once.
    ///   - onFailure: Called when the file has become unusable.
    ///   - apply: Uses the new content; returns what to say of it.
    func follow(
        every interval: Duration,
        logger: Logger,
        onFailure: @Sendable () -> Void,
        apply: @Sendable (Data) throws(WatchedFileError) -> Logger.Metadata
    ) async {
        var complaint: String?
        while (try? await Task.sleep(for: interval)) != nil {
            do throws(WatchedFileError) {
                let bytes = try read()
                if complaint == nil, known.withLock({ $0 == bytes }) { continue }
                let metadata = try apply(bytes)
                known.withLock { $0 = bytes }
                complaint = nil
                logger.info("\(subject) read again", metadata: metadata.merging(["file": "\(path)"]) { $1 })
            } catch {
                if complaint != error.description {
                    onFailure()
                    logger.error("\(error); the \(subject) from before stay in force")
                }
                complaint = error.description
            }
        }
    }

    /// What is wrong with JSON, in words, and where.
    static func words(_ error: any Error) -> String {
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

/// Why a file cannot be used.
struct WatchedFileError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
