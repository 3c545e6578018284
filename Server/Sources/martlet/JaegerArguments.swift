import MartletServer

/// A command line of Jaeger's, sorted into what martlet understands and what it accepts without effect.
struct JaegerArguments {
    /// For the parser: older names replaced, switches with their values.
    private(set) var understood: [String] = []
    /// Flags that have no effect here, with their dashes.
    private(set) var ignored: [String] = []

    init(_ arguments: some Sequence<String>) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument != "--" else {
                understood.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? ""
            let value = parts.count > 1 ? String(parts[1]) : nil
            let kind = IgnoredJaegerSetting.flag(name)
            if kind.isIgnored {
                ignored.append("--" + name)
                if kind.takesValue, value == nil, rest.first?.hasPrefix("--") == false { rest.removeFirst() }
            } else if let setting = Self.setting(name) {
                understood.append(setting.flag)
                if let value {
                    understood.append(value)
                } else if setting.isSwitch {
                    let isFollowed = rest.first.map { ["true", "false"].contains($0) } ?? false
                    understood.append(isFollowed ? rest.removeFirst() : "true")
                } else if rest.first?.hasPrefix("--") == false {
                    understood.append(rest.removeFirst())
                }
            } else {
                understood.append(argument)
            }
        }
    }

    private static func setting(_ name: String) -> SettingName? {
        SettingName(rawValue: name) ?? SettingName.allCases.first { $0.olderFlags.contains(name) }
    }
}
