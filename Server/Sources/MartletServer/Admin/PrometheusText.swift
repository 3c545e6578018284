/// Builds the text that Prometheus reads (exposition format 0.0.4).
struct PrometheusText {
    private(set) var text = ""

    /// Begins a metric; its samples follow.
    mutating func begin(_ name: String, _ type: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type.rawValue)\n"
    }

    /// A metric with one sample.
    mutating func add(_ name: String, _ type: Kind, _ help: String, _ value: some LosslessStringConvertible) {
        begin(name, type, help)
        sample(name, [], value)
    }

    /// A sample of the metric that was begun.
    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some LosslessStringConvertible) {
        text += name
        if !labels.isEmpty {
            let parts = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
            text += "{\(parts.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    /// A histogram of times in seconds.
    mutating func add(_ name: String, _ help: String, _ counts: LatencyHistogram.Counts) {
        begin(name, .histogram, help)
        var total: UInt64 = 0
        for (index, count) in counts.buckets.enumerated() {
            total += count
            let bounds = LatencyHistogram.bounds
            sample("\(name)_bucket", [("le", index < bounds.count ? "\(bounds[index])" : "+Inf")], total)
        }
        sample("\(name)_sum", [], counts.sum)
        sample("\(name)_count", [], total)
    }

    /// The type of a metric.
    enum Kind: String {
        case counter, gauge, histogram
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return text }
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
