#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the operator set for the web UI: the file of Jaeger's `--query.ui-config`, as it is.
///
/// The pages read it themselves and leave out what they do not know. A file in JavaScript, which Jaeger takes as well,
/// is refused: the pages run no script but their own.
struct UIConfiguration: Sendable {
    /// An object in JSON.
    let json: [UInt8]

    /// How long a file may be.
    static let bytesMax = 1 << 20

    /// Reads a file; without one the pages have their defaults.
    init(file: String?) throws(StartError) {
        guard let file, !file.isEmpty else {
            json = Array("{}".utf8)
            return
        }
        let flag = SettingName.uiConfiguration.flag
        if file.hasSuffix(".js") {
            throw StartError("\(flag): \(file) is a script, and the pages run none: write the configuration as JSON")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw StartError("\(flag): \(file) cannot be read: \(Self.reason(error))")
        }
        guard data.count <= Self.bytesMax else {
            throw StartError("\(flag): \(file) has \(data.count) bytes; at most \(Self.bytesMax) are taken")
        }
        do {
            _ = try JSONDecoder().decode([String: Anything].self, from: data)
        } catch {
            throw StartError("\(flag): \(file) is not an object in JSON")
        }
        json = [UInt8](data)
    }

    /// A value of any kind.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?: "there is no such file"
        case .fileReadNoPermission?: "this process may not read it"
        default: "\(error)"
        }
    }
}
