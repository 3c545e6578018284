import EmbeddedStore
import NIOCore
import Sampling
import SpanStorage
import TraceModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that an operator may want to know of a running server, as JSON: `/api/status`.
struct StatusReport: Encodable {
    /// What the process takes of the machine.
    struct Process: Encodable {
        var cpuSeconds: Double?
        var residentBytes: UInt64?
    }

    /// A port that is being read.
    struct Port: Encodable {
        var name: String
        var setting: String
        var addresses: [String]
        /// Those that are open; UDP has none.
        var connections: Int?
    }

    /// How much is kept for how long; a bound that is not there is left out.
    struct Retention: Encodable {
        var maxBytes: Int?
        var maxAgeSeconds: Int?
        var rollupMaxBytes: Int?
        var rollupMaxAgeSeconds: Int?
    }

    /// A setting as it holds.
    struct Setting: Encodable {
        var setting: String
        var flag: String
        var variable: String
        var value: String
        /// The flag or the variable that said so, or `default`.
        var origin: String
    }

    var version: String
    var startedAt: String
    var now: String
    var uptimeSeconds: UInt64
    var phase: String
    var process: Process
    var ports: [Port]
    var ingest: IngestReport
    var storage: StorageReport
    var retention: Retention
    var sampling: SamplingReport
    var configuration: [Setting]

    init(_ metrics: ServerMetrics, phase: ServerStatus.Phase) {
        let time = UTCTime.now
        let usage = ProcessUsage.now
        version = Martlet.version
        startedAt = metrics.startedAt.description
        now = time.description
        let start = metrics.startedAt.nanoseconds
        uptimeSeconds = (max(time.nanoseconds, start) - start) / 1_000_000_000
        self.phase =
            switch phase {
            case .starting: "starting"
            case .running: "running"
            case .stopping: "stopping"
            }
        process = Process(cpuSeconds: usage.cpuSeconds, residentBytes: usage.residentBytes)
        let counts = Dictionary(metrics.ingest.connections.map { ($0.port, $0.count) }) { first, _ in first }
        ports = PortName.allCases.compactMap { name in
            guard let addresses = metrics.addresses[name], !addresses.isEmpty else { return nil }
            let words = addresses.map { "\(ListenAddress(host: $0.ipAddress, port: $0.port ?? 0))" }
            return Port(
                name: name.rawValue,
                setting: name.setting.rawValue,
                addresses: words,
                connections: counts[name]
            )
        }
        ingest = IngestReport(metrics.ingest)
        storage = StorageReport(metrics.store.statistics(), settings: metrics.settings)
        retention = Retention(metrics.settings)
        sampling = SamplingReport(metrics.book, settings: metrics.settings, now: time)
        sampling.tail = metrics.ingest.pipeline.tail.map { tail in
            TailReport(
                tail.figures,
                file: metrics.tailFile?.path,
                reloadFailures: metrics.tailFile?.reloadFailures ?? 0
            )
        }
        configuration = SettingName.allCases.filter { !$0.isAgents }.map { Setting($0, metrics.settings) }
    }

    /// The report as JSON.
    func json() -> [UInt8] { encoded(self) }
}

extension StatusReport.Retention {
    fileprivate init(_ settings: ServerSettings) {
        let directory = settings.storage == .memory ? nil : settings.dataDirectory
        let bounds = ServerStart.bounds(settings, directory: directory)
        func seconds(_ nanoseconds: UInt64?) -> Int? { nanoseconds.map { Int($0 / 1_000_000_000) } }
        maxBytes = bounds.storeBytesMax < .max ? bounds.storeBytesMax : nil
        maxAgeSeconds = seconds(bounds.ageMaxNanoseconds)
        rollupMaxBytes = bounds.rollupBytesMax < .max ? bounds.rollupBytesMax : nil
        rollupMaxAgeSeconds = seconds(bounds.rollupAgeMaxNanoseconds)
    }
}

extension StatusReport.Setting {
    fileprivate init(_ name: SettingName, _ settings: ServerSettings) {
        setting = name.rawValue
        flag = name.flag
        variable = name.variable
        value = settings.said[name]?.value ?? name.standard
        origin = settings.said[name]?.origin ?? "default"
    }
}

/// A value as JSON, its keys in order.
///
/// An error would be one of our own types' that JSON cannot express; the document is empty then.
func encoded(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "+Inf",
        negativeInfinity: "-Inf",
        nan: "NaN"
    )
    return (try? encoder.encode(value)).map { [UInt8]($0) } ?? Array("{}".utf8)
}
