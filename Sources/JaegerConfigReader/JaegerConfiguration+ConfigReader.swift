#if Configuration
import Configuration
import JaegerClient
import Logging
import OpenTracing

extension JaegerConfiguration {
    /// Makes a configuration from one of swift-configuration; each part that is left out or nil comes from there, or is
    /// the default.
    ///
    ///     let config = ConfigReader(provider: EnvironmentVariablesProvider())
    ///     let tracer = JaegerConfiguration(config: config).initializeTracer()
    ///
    /// Every variable of Jaeger's has a key. `JAEGER_AGENT_HOST` is `jaeger.agent.host`, `JAEGER_SAMPLER_PARAM`
    /// `jaeger.sampler.param`, `JAEGER_REPORTER_MAX_QUEUE_SIZE` `jaeger.reporter.maxQueueSize`, `JAEGER_SERVICE_NAME`
    /// `jaeger.serviceName`: the first word, then `agent`, `reporter` or `sampler` if it is one of these, then the rest
    /// as one word. So a provider of environment variables finds them under their own names.
    ///
    /// - Parameters:
    ///   - config: What is asked for each part.
    ///   - serviceName: The name under which the spans of this process appear.
    ///   - sampler: Which traces are recorded.
    ///   - tags: Tags of the process, in addition to those of `jaeger.tags`.
    ///   - logging: Whether the log tells of each span that is reported.
    ///   - logger: Where the tracer writes to.
    public init(
        config: ConfigReader,
        serviceName: String? = nil,
        sampler: SamplerConfiguration? = nil,
        tags: TagList = [:],
        logging: Bool? = nil,
        logger: Logger = Logger(label: "jaeger")
    ) {
        self.init(
            serviceName: serviceName,
            sampler: sampler,
            tags: tags,
            logging: logging,
            logger: logger,
            environment: { variable in
                VariableKey.keys(of: variable).lazy.compactMap { config.text($0.parts, isSecret: $0.isSecret) }.first
            }
        )
    }
}

/// The keys that stand for a variable of Jaeger's.
private struct VariableKey {
    private static let groups: Set<Substring> = ["agent", "reporter", "sampler"]
    private static let secrets: Set<String> = ["JAEGER_PASSWORD", "JAEGER_AUTH_TOKEN"]

    let parts: [String]
    let isSecret: Bool

    /// The key as the documentation has it; then each word on its own, which is the variable's name even where the
    /// words of a name can't be told apart any more, as in `JAEGER_TRACEID_128BIT`.
    static func keys(of variable: String) -> [VariableKey] {
        let words = variable.lowercased().split(separator: "_")
        let isSecret = secrets.contains(variable)
        guard words.first == "jaeger", words.count > 1 else {
            return [VariableKey(parts: words.map(String.init), isSecret: isSecret)]
        }
        let head = words.count > 2 && groups.contains(words[1]) ? 2 : 1
        let tail = words[head...].enumerated().map { index, word in
            index == 0 ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
        }
        return [
            VariableKey(parts: words[..<head].map(String.init) + [tail.joined()], isSecret: isSecret),
            VariableKey(parts: words.map(String.init), isSecret: isSecret),
        ]
    }
}

extension ConfigReader {
    /// A value as text, whatever its type: in files numbers and truths are written as such.
    fileprivate func text(_ parts: [String], isSecret: Bool) -> String? {
        let key = ConfigKey(parts)
        if let text = string(forKey: key, isSecret: isSecret) { return text }
        if let number = int(forKey: key, isSecret: isSecret) { return String(number) }
        if let number = double(forKey: key, isSecret: isSecret) { return String(number) }
        return bool(forKey: key, isSecret: isSecret).map { String($0) }
    }
}
#endif
