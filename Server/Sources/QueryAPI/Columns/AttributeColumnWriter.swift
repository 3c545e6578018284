import TraceModel

/// What the spans of a trace say about one attribute, in the order of the spans of `TraceColumnsWriter`: a number for
/// each span, and each text once.
///
/// The form is that of the skeleton: a header (`MTA1`, 4 bytes of zeros), then chunks. A page has four counts (spans,
/// new texts, bytes of those, 0), then a column of u32 (0: the span has no such attribute; k: the text number k - 1 of
/// all that were written), the lengths of the new texts (u32), and their bytes.
struct AttributeColumnWriter {
    private static let magic: UInt32 = 0x3141_544d
    private let key: [UInt8]
    private var numbers: [[UInt8]: UInt32] = [:]
    private var hasBegun = false

    /// A writer of the column of one key, as Jaeger's tags and process tags name it.
    init(key: String) {
        self.key = Array(key.utf8)
    }

    /// The bytes for the next page of the trace; the first page is preceded by the header.
    mutating func page(_ spans: SpanBatch) -> [UInt8] {
        var bytes: [UInt8] = []
        if !hasBegun {
            hasBegun = true
            bytes.append(littleEndian: Self.magic)
            bytes.append(littleEndian: UInt32(0))
        }
        let view = JaegerView(spans, isRaw: false)
        var found = PageValues(key: key, view)
        var new = TraceColumnsWriter.NewTexts()
        let processes = view.processes.list.map { process in
            let tag = process.tags.first { found.isKey(.stored($0.key)) }
            return tag.map { number(of: found.text(.attribute($0.type, $0.value)), &new) } ?? 0
        }
        var column: [UInt32] = []
        column.reserveCapacity(spans.count)
        for span in 0..<spans.count {
            if let value = found.value(of: span) {
                let known = found.numbers[value]
                let number = known ?? number(of: found.text(value), &new)
                if known == nil { found.numbers[value] = number }
                column.append(number)
            } else {
                column.append(processes[Int(view.processes.number(ofResource: spans.spans.resources[span])) - 1])
            }
        }
        var page: [UInt8] = []
        page.append(littleEndian: UInt32(column.count))
        page.append(littleEndian: UInt32(new.lengths.count))
        page.append(littleEndian: UInt32(new.bytes.count))
        page.append(littleEndian: UInt32(0))
        page.appendColumn(column)
        page.appendColumn(new.lengths)
        page.appendColumn(new.bytes)
        TraceColumnsWriter.appendPage(page, to: &bytes)
        return bytes
    }

    private mutating func number(of text: [UInt8], _ new: inout TraceColumnsWriter.NewTexts) -> UInt32 {
        if let number = numbers[text] { return number }
        let number = UInt32(numbers.count + 1)
        numbers[text] = number
        new.lengths.append(UInt32(text.count))
        new.bytes.append(contentsOf: text)
        return number
    }
}

/// Looks for one key among the tags of a page.
private struct PageValues {
    let view: JaegerView
    /// The numbers of values that were met.
    var numbers: [JaegerTag.Value: UInt32] = [:]
    private let key: [UInt8]
    private let keyRef: StringRef?

    init(key: [UInt8], _ view: JaegerView) {
        self.key = key
        self.view = view
        keyRef = view.batch.strings.firstRef(of: key.span.bytes)
    }

    func isKey(_ other: JaegerTag.Key) -> Bool {
        switch other {
        case .stored(let ref): ref == keyRef
        case .word(let word): key.elementsEqual(word.utf8)
        }
    }

    /// The value of the first tag of a span that has the key.
    func value(of span: Int) -> JaegerTag.Value? {
        var found: JaegerTag.Value?
        view.forEachTag(of: span) { tag, _ in
            if found == nil, isKey(tag.key) { found = tag.value }
        }
        return found
    }

    /// A value as text: a string as it is, anything else as JSON has it.
    func text(_ value: JaegerTag.Value) -> [UInt8] {
        let batch = view.batch
        switch value {
        case .stored(let ref): return text(of: ref)
        case .word(let word): return Array(word.utf8)
        case .bool(let flag): return Array((flag ? "true" : "false").utf8)
        case .attribute(.string, let bits): return text(of: StringRef(truncatingIfNeeded: bits))
        case .attribute(.bytes, let bits):
            return Array(base64Text(batch.strings.arena[batch.strings.range(StringRef(truncatingIfNeeded: bits))]).utf8)
        case .attribute(.empty, _): return []
        case .attribute(let type, let bits): return Array(batch.value(type, bits).jsonText.utf8)
        }
    }

    private func text(of ref: StringRef) -> [UInt8] {
        var text: [UInt8] = []
        text.append(copying: view.batch.strings.bytes(ref))
        return text
    }
}

/// How many spans of a trace have each key, among their own tags or their process's.
struct AttributeKeyCensus {
    private static let mostKeys = 10_000
    private var counts: [[UInt8]: Int] = [:]

    /// Counts a page of the trace; of more keys than anyone reads only the first are counted.
    mutating func add(_ spans: SpanBatch) {
        let view = JaegerView(spans, isRaw: false)
        var stored = [Int](repeating: 0, count: spans.strings.count)
        var words: [String: Int] = [:]
        for span in 0..<spans.count {
            view.forEachTag(of: span) { tag, _ in
                switch tag.key {
                case .stored(let ref): stored[Int(ref)] += 1
                case .word(let word): words[word, default: 0] += 1
                }
            }
            let process = view.processes.list[Int(view.processes.number(ofResource: spans.spans.resources[span])) - 1]
            for tag in process.tags { stored[Int(tag.key)] += 1 }
        }
        for (ref, count) in stored.enumerated() where count > 0 {
            var text: [UInt8] = []
            text.append(copying: spans.strings.bytes(StringRef(ref)))
            add(text, count)
        }
        for (word, count) in words { add(Array(word.utf8), count) }
    }

    /// The keys of the most spans, at most so many.
    func mostFrequent(_ limit: Int) -> [(key: [UInt8], spans: Int)] {
        counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
            .prefix(limit).map { (key: $0.key, spans: $0.value) }
    }

    private mutating func add(_ key: [UInt8], _ count: Int) {
        if let known = counts[key] {
            counts[key] = known + count
        } else if counts.count < Self.mostKeys {
            counts[key] = count
        }
    }
}
