/// The parameters of a request's query, decoded as forms are: `+` is a space, `%41` is a byte.
///
/// Pairs that cannot be decoded are left out, as in Go, whose clients rely on nothing else.
struct QueryParameters: Sendable {
    private var pairs: [(name: String, value: String)] = []

    init(_ query: String?) {
        guard let query else { return }
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            let value = pair.dropFirst(name.count + 1)
            guard let name = percentDecoded(name, plusIsSpace: true),
                let value = percentDecoded(value, plusIsSpace: true)
            else { continue }
            pairs.append((name, value))
        }
    }

    /// The first value of a parameter; empty if it is absent. Setting it takes the place of all values.
    subscript(name: String) -> String {
        get { pairs.first { $0.name == name }?.value ?? "" }
        set {
            pairs.removeAll { $0.name == name }
            pairs.append((name, newValue))
        }
    }

    /// The parameters of these names.
    func keeping(_ names: Set<String>) -> QueryParameters {
        var kept = self
        kept.pairs.removeAll { !names.contains($0.name) }
        return kept
    }

    /// The parameters whose names begin so, without that beginning.
    func below(_ prefix: String) -> QueryParameters {
        var kept = self
        kept.pairs = pairs.compactMap { pair in
            pair.name.hasPrefix(prefix) ? (String(pair.name.dropFirst(prefix.count)), pair.value) : nil
        }
        return kept
    }

    /// Whether there are none.
    var isEmpty: Bool { pairs.isEmpty }

    /// A whole number in a range.
    func number(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(QueryError) -> Int {
        let text = self[name]
        if text.isEmpty { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw .wrong(name, text, .number(range))
        }
        return number
    }

    /// One of some words; nil if it is absent or empty.
    func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Word.Type
    ) throws(QueryError) -> Word? where Word.RawValue == String {
        let text = self[name]
        if text.isEmpty { return nil }
        guard let word = Word(rawValue: text) else {
            throw .wrong(name, text, .choice(Word.allCases.map(\.rawValue)))
        }
        return word
    }

    /// All values of a parameter, in order.
    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// A truth value; false if it is absent or empty.
    func bool(_ name: String) throws(QueryError) -> Bool {
        let text = self[name]
        if text.isEmpty { return false }
        do { return try GoText.bool(text) } catch { throw .parameter(name, error, .flag) }
    }

    /// A point in time as the query API counts them: microseconds since 1970; nil if it is absent or empty.
    func microseconds(_ name: String) throws(QueryError) -> Int64? {
        let text = self[name]
        if text.isEmpty { return nil }
        do { return try GoText.int64(text) } catch { throw .parameter(name, error, .microseconds) }
    }

    /// A duration in nanoseconds; 0, which limits nothing, if it is absent or empty.
    func duration(_ name: String) throws(QueryError) -> Int64 {
        let text = self[name]
        if text.isEmpty { return 0 }
        do { return try GoText.duration(text) } catch { throw .parameter(name, error, .duration) }
    }

    /// Whether to indent the answer: `prettyPrint` with any value but `false`.
    var isIndented: Bool {
        let text = self["prettyPrint"]
        return !text.isEmpty && text != "false"
    }
}

/// Text with `%41` turned into bytes; nil if a percent sign is not followed by two hexadecimal digits.
func percentDecoded(_ text: some Sequence<UInt8>, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
        if byte == UInt8(ascii: "%") {
            guard let high = iterator.next().flatMap(hexDigitValue), let low = iterator.next().flatMap(hexDigitValue)
            else { return nil }
            bytes.append(high << 4 | low)
        } else {
            bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func hexDigitValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
