import Sampling

extension SettingsReader {
    mutating func readSampling() {
        if let said = said(.samplingProbability) {
            if let probability = Double(said.value), (0...1).contains(probability) {
                settings.samplingProbability = probability
            } else {
                fail(said, "\"\(said.value)\" is not a probability; expected a number from 0 to 1")
            }
        }
        if let said = said(.samplingFile) { settings.samplingFile = said.value }
        if let rate = number(.debugCredits, "traces a second above 0", { $0 > 0 }) {
            settings.debugCreditsPerSecond = rate
        }
        if let said = said(.baggageRestrictions), !said.value.isEmpty { settings.baggageRestrictionsFile = said.value }
        if let said = said(.tailPolicies), !said.value.isEmpty { settings.tailPolicies = said.value }
        if let interval = interval(.samplingReloadInterval) { settings.samplingReloadInterval = interval }
        readAdaptiveSampling()
    }

    /// Adaptive sampling is switched on by its type; its other settings are checked in any case.
    private mutating func readAdaptiveSampling() {
        var options = AdaptiveOptions()
        if let rate = number(.samplingTarget, "traces a second above 0", { $0 > 0 }) {
            options.targetSamplesPerSecond = rate
        }
        if let share = number(.samplingTolerance, "a share from 0 to 1", { (0...1).contains($0) }) {
            options.deltaTolerance = share
        }
        let isProbability = { (number: Double) in number > 0 && number <= 1 }
        let words = "a probability above 0 and up to 1"
        if let number = number(.samplingInitialProbability, words, isProbability) {
            options.initialProbability = number
        }
        if let number = number(.samplingMinProbability, words, isProbability) { options.minProbability = number }
        if let rate = number(.samplingMinRate, "traces a second, 0 or more", { $0 >= 0 }) {
            options.minSamplesPerSecond = rate
        }
        if let interval = interval(.samplingInterval), interval > .zero { settings.samplingInterval = interval }
        guard let said = said(.samplingType) else { return }
        switch said.value {
        case "adaptive": settings.samplingAdaptive = options
        case "file", "static": break
        default: fail(said, "there is no type of sampling \"\(said.value)\"; expected file or adaptive")
        }
    }

    private mutating func number(_ name: SettingName, _ words: String, _ isValid: (Double) -> Bool) -> Double? {
        guard let said = said(name) else { return nil }
        if let number = Double(said.value), number.isFinite, isValid(number) { return number }
        fail(said, "\"\(said.value)\" is not \(words)")
        return nil
    }

    private mutating func interval(_ name: SettingName) -> Duration? {
        guard let said = said(name) else { return nil }
        if let interval = RetentionAge(parsing: said.value) { return interval.duration }
        fail(said, "\"\(said.value)\" is not an interval; expected for example 10s, 1m, or 0 for never")
        return nil
    }
}
