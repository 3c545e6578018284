import Logging

/// Makes `ServerSettings` of texts: a flag beats an environment variable, which beats the default.
public struct SettingsReader {
    /// What was read, with the defaults where nothing was said.
    public internal(set) var settings = ServerSettings()
    /// What the operator should know, a line each.
    public private(set) var warnings: [String] = []
    /// What cannot be used, a line each.
    public internal(set) var errors: [String] = []

    /// The environment variables that mean something, or are known to mean nothing.
    public static var variables: [String] {
        let own = SettingName.allCases.flatMap { name in
            [name.variable] + name.olderFlags.map(SettingName.variable(forFlag:))
        }
        return own + ["SPAN_STORAGE_TYPE"] + IgnoredJaegerSetting.allVariables
    }

    private let flags: [SettingName: String]
    let environment: [String: String]

    /// Reads the settings; see `errors` before using them.
    ///
    /// A role begins with the ports that it has; any other can be asked for.
    public init(role: ServerRole = .allInOne, flags: [SettingName: String], environment: [String: String]) {
        settings = role.settings
        self.flags = flags
        self.environment = environment
        readAddresses()
        readStorage()
        readSampling()
        readOthers()
        for name in SettingName.allCases { settings.said[name] = said(name) }
        warnings += IgnoredJaegerSetting.warnings(environment: environment)
    }

    func said(_ name: SettingName) -> SaidSetting? {
        if let value = flags[name] { return SaidSetting(value: value, origin: name.flag) }
        let variables = [name.variable] + name.olderFlags.map(SettingName.variable(forFlag:))
        for variable in variables {
            // Compose files leave variables empty to mean that they are not set.
            if let value = environment[variable], !value.isEmpty { return SaidSetting(value: value, origin: variable) }
        }
        return nil
    }

    mutating func fail(_ said: SaidSetting, _ problem: String) {
        errors.append("\(said.origin): \(problem)")
    }

    private mutating func address(_ name: SettingName) -> ListenAddress? {
        guard let said = said(name) else { return nil }
        do throws(ListenAddressError) {
            return try ListenAddress(parsing: said.value)
        } catch {
            fail(said, "\"\(said.value)\" is not host:port (\(error)); expected for example :16686 or 0.0.0.0:16686")
            return nil
        }
    }

    private mutating func readAddresses() {
        if let said = said(.listenHost) { settings.listenHost = said.value }
        for port in PortName.allCases {
            if said(port.setting)?.value == "off" {
                settings.leaveOut([port])
            } else if let address = address(port.setting) {
                settings[keyPath: port.path] = address
            }
        }
        if let said = said(.otlpEnabled) {
            switch said.value {
            case "1", "t", "T", "true", "TRUE", "True": break
            case "0", "f", "F", "false", "FALSE", "False":
                settings.otlpAddress = nil
                settings.otlpGRPCAddress = nil
            default: fail(said, "\"\(said.value)\" is not a switch; expected true or false")
            }
        }
        if let said = said(.uiConfiguration) { settings.uiConfigurationFile = said.value }
        if let said = said(.queryBasePath) {
            let path = said.value
            let isPlain = path.utf8.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && !"\"<>?#\\%&;'".utf8.contains(byte)
            }
            if !path.hasPrefix("/") || !isPlain || path.contains("//") {
                fail(said, "\"\(path)\" is not a path; expected for example /jaeger")
            } else {
                settings.queryBasePath = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
            }
        }
    }

    private mutating func readStorage() {
        if let said = said(.storage) {
            if let storage = ServerSettings.Storage(rawValue: said.value) {
                settings.storage = storage
            } else {
                fail(said, "there is no storage \"\(said.value)\"; expected memory or embedded")
            }
        } else if let type = environment["SPAN_STORAGE_TYPE"], !type.isEmpty {
            readJaegerStorageType(type)
        }
        if let said = said(.dataDirectory) {
            if said.value.isEmpty { fail(said, "the folder's name is empty") }
            settings.dataDirectory = said.value
        }
        if let said = said(.durability) {
            if let durability = ServerSettings.Durability(rawValue: said.value) {
                settings.durability = durability
            } else {
                fail(said, "there is no durability \"\(said.value)\"; expected fsync, os or async")
            }
        }
        readRetention()
    }

    private mutating func readRetention() {
        if let size = size(.retentionSize) { settings.retentionSize = size }
        if let age = age(.retentionAge) { settings.retentionAge = age }
        if let size = size(.rollupSize) { settings.rollupSize = size }
        if let age = age(.rollupAge) { settings.rollupAge = age }
    }

    private mutating func size(_ name: SettingName) -> RetentionSize? {
        guard let said = said(name) else { return nil }
        let size = RetentionSize(parsing: said.value)
        if size == nil {
            fail(
                said,
                "\"\(said.value)\" is not a size; expected for example 20GiB, 80% of the disk, or 0 for no bound"
            )
        }
        return size
    }

    private mutating func age(_ name: SettingName) -> RetentionAge? {
        guard let said = said(name) else { return nil }
        let age = RetentionAge(parsing: said.value)
        if age == nil {
            fail(said, "\"\(said.value)\" is not an age; expected for example 168h, 7d, or 0 for no bound")
        }
        return age
    }

    private mutating func readJaegerStorageType(_ type: String) {
        switch type {
        case "memory":
            settings.storage = .memory
        case "badger":
            warnings.append(
                "SPAN_STORAGE_TYPE=badger: martlet keeps spans in its own store (see --data-dir); "
                    + "Badger's files are not read"
            )
        default:
            errors.append(
                "SPAN_STORAGE_TYPE: martlet does not write to \"\(type)\"; unset it to use the embedded store, "
                    + "or set it to memory"
            )
        }
    }

    /// What stands between commas.
    private func list(_ name: SettingName) -> [String]? {
        said(name)?.value.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }

    private mutating func readOthers() {
        if let said = said(.ingestBytes) {
            if case .bytes(let bytes) = RetentionSize(parsing: said.value), bytes >= 64 << 10 {
                settings.ingestBytesMax = bytes
            } else {
                fail(said, "\"\(said.value)\" is not a size of 64KiB or more; expected for example 64MiB")
            }
        }
        if let origins = list(.otlpAllowedOrigins) { settings.otlpAllowedOrigins = origins }
        if let origins = list(.zipkinAllowedOrigins) { settings.zipkinAllowedOrigins = origins }
        if let said = said(.logLevel) {
            switch said.value.lowercased() {
            case "warn": settings.logLevel = .warning
            case "dpanic", "panic", "fatal": settings.logLevel = .critical
            case let word:
                if let level = Logger.Level(rawValue: word) {
                    settings.logLevel = level
                } else {
                    fail(said, "there is no level \"\(said.value)\"; expected debug, info, warning or error")
                }
            }
        }
    }
}
