import TraceModel

/// What the spans of a selection have in common that others have not: each attribute's values are counted in both sets,
/// and the attributes whose values are distributed most differently come first.
public struct AttributeOutliers: Sendable {
    /// One of the two sets.
    public enum Side: Sendable {
        /// The spans that somebody wonders about.
        case selection
        /// Those that they are compared with.
        case baseline
    }

    /// Where an attribute belongs; the raw values are how answers name it.
    public enum Level: String, Hashable, Sendable {
        /// A field that every span has.
        case intrinsic
        case span
        case resource
        case event
    }

    /// Numbers of both sets.
    public struct Counts: Hashable, Sendable {
        public var selection = 0
        public var baseline = 0

        mutating func add(_ side: Side) {
            switch side {
            case .selection: selection += 1
            case .baseline: baseline += 1
            }
        }

        /// The shares of the sets that they are.
        public func shares(of whole: Counts) -> (selection: Double, baseline: Double) {
            (
                whole.selection == 0 ? 0 : Double(selection) / Double(whole.selection),
                whole.baseline == 0 ? 0 : Double(baseline) / Double(whole.baseline)
            )
        }

        /// How far apart the shares are, 0 to 1.
        func distance(of whole: Counts) -> Double {
            let shares = shares(of: whole)
            return abs(shares.selection - shares.baseline)
        }
    }

    /// A value, or a range of numbers, and how many spans have it.
    public struct Value: Sendable, Equatable {
        /// The value; of a range its text.
        public var value: AttributeValue
        /// Whether it stands for all numbers of a range.
        public var isRange: Bool
        /// How many spans of each set have it.
        public var counts: Counts
    }

    /// An attribute and how its values are distributed.
    public struct Attribute: Sendable {
        public var key: String
        public var level: Level
        /// How differently the values are distributed: 0 if equally, 1 if no value is common to both sets. Not having
        /// the attribute is a value too.
        public var score: Double
        /// How many spans of each set have it.
        public var counts: Counts
        /// How many different values there are, as far as they were counted apart.
        public var distinct: Int
        /// Whether all of its values are numbers.
        public var isNumeric: Bool
        /// The values whose shares differ most.
        public var values: [Value]
    }

    /// So many values of an attribute are counted apart; spans with others only count as having it.
    public static let valuesMax = 10_000
    /// From so many different numbers on they are counted by ranges.
    static let numbersMax = 20
    private static let keysMax = 5_000

    /// How many spans each set has.
    public private(set) var spans = Counts()

    private struct Key: Hashable {
        var level: Level
        var key: String
    }

    private struct ValueKey: Hashable {
        var type: AttributeType
        var text: String
    }

    private struct Tally {
        var counts = Counts()
        var values: [Value] = []
        var numbers: [ValueKey: Int] = [:]
    }

    /// An attribute as a trace stores it: equal ones of one trace are told apart without a look at their texts.
    private struct Stored: Hashable {
        var level: Level
        var key: StringRef
        var type: AttributeType
        var bits: UInt64
    }

    /// Where an attribute is counted: the numbers of its tally and of its value there, -1 where there is no room.
    private struct Place {
        var tally: Int
        var value: Int
    }

    private var tallies: [Tally] = []
    private var numbers: [Key: Int] = [:]

    /// Of nothing.
    public init() {}

    /// Counts some spans of a trace.
    public mutating func add(_ trace: borrowing SpanBatch, rows: some Sequence<Int>, to side: Side) {
        var known: [Stored: Place] = [:]
        var seen: Set<StringRef> = []
        for row in rows {
            spans.add(side)
            for field in CommonField.allCases {
                let key = StringRef.max - StringRef(field.rawValue)
                let stored = Stored(level: field.level, key: key, type: .string, bits: field.bits(row, trace))
                let place = known[stored] ?? place(field.name, field.level, .string(field.text(row, trace)))
                known[stored] = place
                count(place, side)
            }
            let own = trace.spanAttributes
            seen.removeAll(keepingCapacity: true)
            count(own.range(row).lazy.map { own[$0] }, .span, trace, &known, &seen, side)
            seen.removeAll(keepingCapacity: true)
            count(trace.resource(of: row).attributes, .resource, trace, &known, &seen, side)
            seen.removeAll(keepingCapacity: true)
            let fields = trace.events.attributes
            for event in trace.events.range(row) {
                count(fields.range(event).lazy.map { fields[$0] }, .event, trace, &known, &seen, side)
            }
        }
    }

    /// What every span has.
    private enum CommonField: UInt8, CaseIterable {
        case name, kind, status, service

        var level: Level { self == .service ? .resource : .intrinsic }

        var name: String { self == .service ? AttributeOutliers.serviceKey : "\(self)" }

        /// A number that tells its values apart within a trace.
        func bits(_ row: Int, _ trace: borrowing SpanBatch) -> UInt64 {
            switch self {
            case .name: UInt64(trace.spans.names[row])
            case .kind: UInt64(trace.spans.kinds[row].rawValue)
            case .status: UInt64(trace.spans.statuses[row].rawValue)
            case .service: UInt64(trace.resource(of: row).service)
            }
        }

        func text(_ row: Int, _ trace: borrowing SpanBatch) -> String {
            switch self {
            case .name: trace.strings.text(trace.spans.names[row])
            case .kind: trace.spans.kinds[row].tagValue
            case .status: "\(trace.spans.statuses[row])"
            case .service: trace.strings.text(trace.resource(of: row).service)
            }
        }
    }

    private static let serviceKey = "service.name"

    /// The attributes that tell the sets apart, the clearest first, each with so many of its values; none if one of the
    /// sets has no spans.
    public func attributes(limit: Int, valuesMax: Int = 10) -> [Attribute] {
        if spans.selection == 0 || spans.baseline == 0 { return [] }
        var found = numbers.map { key, number in attribute(key, tallies[number], valuesMax) }
        found.sort { left, right in
            if left.score != right.score { return left.score > right.score }
            return (left.level.rawValue, left.key) < (right.level.rawValue, right.key)
        }
        return Array(found.prefix(limit))
    }

    /// Counts the attributes of one list whose keys were not seen yet.
    private mutating func count(
        _ attributes: some Collection<TraceModel.Attribute>,
        _ level: Level,
        _ trace: borrowing SpanBatch,
        _ known: inout [Stored: Place],
        _ seen: inout Set<StringRef>,
        _ side: Side
    ) {
        for attribute in attributes where seen.insert(attribute.key).inserted {
            let stored = Stored(level: level, key: attribute.key, type: attribute.type, bits: attribute.value)
            if let place = known[stored] {
                count(place, side)
                continue
            }
            let key = trace.strings.text(attribute.key)
            // The service's name is counted whatever it came in by.
            let isCounted = level == .resource && key == Self.serviceKey
            let place = isCounted ? Place(tally: -1, value: -1) : place(key, level, trace.value(attribute))
            known[stored] = place
            count(place, side)
        }
    }

    private mutating func count(_ place: Place, _ side: Side) {
        if place.tally < 0 { return }
        tallies[place.tally].counts.add(side)
        if place.value >= 0 { tallies[place.tally].values[place.value].counts.add(side) }
    }

    private mutating func place(_ key: String, _ level: Level, _ value: AttributeValue) -> Place {
        let name = Key(level: level, key: key)
        let tally = numbers[name] ?? tallies.count
        if tally == tallies.count {
            if tally >= Self.keysMax { return Place(tally: -1, value: -1) }
            numbers[name] = tally
            tallies.append(Tally())
        }
        let valueKey = ValueKey(type: value.type, text: value.jsonText)
        if let number = tallies[tally].numbers[valueKey] { return Place(tally: tally, value: number) }
        let number = tallies[tally].values.count
        if number >= Self.valuesMax { return Place(tally: tally, value: -1) }
        tallies[tally].numbers[valueKey] = number
        tallies[tally].values.append(Value(value: value, isRange: false, counts: Counts()))
        return Place(tally: tally, value: number)
    }

    private func attribute(_ key: Key, _ tally: Tally, _ valuesMax: Int) -> Attribute {
        let distinct = tally.values.count
        let isNumeric = tally.numbers.keys.allSatisfy { $0.type == .int || $0.type == .double }
        var values = tally.values
        if isNumeric, distinct > Self.numbersMax { values = Self.ranges(values) }
        let absent = Counts(
            selection: spans.selection - tally.counts.selection,
            baseline: spans.baseline - tally.counts.baseline
        )
        // What hardly ever repeats, ids and the like, differs in any two sets: only having it can mean something.
        let having = tally.counts.selection + tally.counts.baseline
        let isIdentity = !isNumeric && distinct > Self.numbersMax && distinct * 2 > having
        values.sort { left, right in
            let distances = (left.counts.distance(of: spans), right.counts.distance(of: spans))
            if distances.0 != distances.1 { return distances.0 > distances.1 }
            let sums = [left, right].map { $0.counts.selection + $0.counts.baseline }
            return sums[0] == sums[1] ? left.value.jsonText < right.value.jsonText : sums[0] > sums[1]
        }
        // Added up in that order, so that the same counts always come to the same score.
        var score = absent.distance(of: spans)
        if !isIdentity {
            for value in values { score += value.counts.distance(of: spans) }
            score /= 2
        }
        return Attribute(
            key: key.key,
            level: key.level,
            score: min(1, score),
            counts: tally.counts,
            distinct: distinct,
            isNumeric: isNumeric,
            values: Array(values.prefix(valuesMax))
        )
    }

    /// Numbers put together by powers of two.
    private static func ranges(_ values: [Value]) -> [Value] {
        var ranges: [String: Value] = [:]
        for value in values {
            let text = range(of: value.value)
            var range = ranges[text] ?? Value(value: .string(text), isRange: true, counts: Counts())
            range.counts.selection += value.counts.selection
            range.counts.baseline += value.counts.baseline
            ranges[text] = range
        }
        return Array(ranges.values)
    }

    private static func range(of value: AttributeValue) -> String {
        let number: Double
        switch value {
        case .int(let int): number = Double(int)
        case .double(let double): number = double
        default: return ""
        }
        if number == 0 || !number.isFinite { return decimalText(number) }
        let low = number.magnitude.binade
        return number > 0
            ? "\(decimalText(low)) to \(decimalText(2 * low))" : "\(decimalText(-2 * low)) to \(decimalText(-low))"
    }
}

extension AttributeValue {
    /// The type that it is stored as.
    public var type: AttributeType {
        switch self {
        case .empty: .empty
        case .string: .string
        case .bool: .bool
        case .int: .int
        case .double: .double
        case .bytes: .bytes
        case .array: .array
        case .map: .map
        }
    }
}
