import OpenTracing

/// An item that somebody sets, after the restrictions were asked.
struct BaggageItem {
    let key: String
    /// As much of the value as may be set.
    let value: String
    let isAllowed: Bool
    let isTruncated: Bool

    init(_ key: String, _ value: String, _ restrictions: any BaggageRestrictions) {
        self.key = key
        guard let most = restrictions.valueLengthMax(ofKey: key) else {
            self.value = value
            (isAllowed, isTruncated) = (false, false)
            return
        }
        isAllowed = true
        isTruncated = value.utf8.count > most
        self.value = isTruncated ? Self.prefix(of: value, most) : value
    }

    /// As many whole characters' bytes as fit.
    private static func prefix(of text: String, _ length: Int) -> String {
        let utf8 = text.utf8
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, length))
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
        return String(text[..<end])
    }

    /// What the span's log says of it besides the event.
    func logFields(overriding isOverriding: Bool) -> TagList {
        var fields: TagList = ["key": .string(key), "value": .string(value)]
        if isOverriding { fields.append(Tag("override", true)) }
        if isTruncated { fields.append(Tag("truncated", true)) }
        if !isAllowed { fields.append(Tag("invalid", true)) }
        return fields
    }

    func count(_ metrics: (any TracerMetrics)?) {
        guard let metrics else { return }
        metrics.add(1, to: isAllowed ? .baggageUpdates : .baggageUpdatesRefused)
        if isTruncated { metrics.add(1, to: .baggageTruncations) }
    }
}
