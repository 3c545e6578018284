import OpenTracing

/// Tags, logs and links of one span, in one piece of memory: no object for each of them.
///
/// Entries follow each other in the order in which they were added, each a header and its fields:
///
///     ┌ size u32 ┬ previous tag u32 ┬ kind u8 ┬ – u8 ┬ fields u16 ┐┌ moment i64, or link ┐┌ field ┬ field … ┐
///     field:  ┌ type u8 ┬ – u8 ┬ key length u16 ┬ value length u32 ┬ key ┬ value ┐
///
/// A tag that is set again is written over where it stands, or else struck out and added at the end. Neither form of
/// the wire is stored: a span that is finished may still be sent as Thrift or as OTLP.
struct SpanContent: ~Copyable, Sendable {
    enum EntryKind: UInt8 { case dead, tag, log, link }

    private static let headerSize = 12
    private static let fieldHeaderSize = 8
    private static let none = UInt32.max
    /// So many dead bytes are let be.
    private static let deadBytesMax = 4096

    private var memory = SpanMemory()
    private var deadBytes = 0
    private var lastTag = SpanContent.none
    /// Where the search for the oldest log that may go begins.
    private var oldestSpareLog = 0
    private(set) var tagCount = 0
    private(set) var logCount = 0
    private(set) var linkCount = 0
    private(set) var droppedTags = 0
    private(set) var droppedLogs = 0
    private(set) var droppedLinks = 0

    init() {}

    // MARK: Adding

    /// Adds a tag, or gives the one with this key another value.
    mutating func setTag(_ key: String, _ value: TagValue, _ limits: SpanLimits) {
        if let old = find(key) {
            if overwrite(old, value) { return }
            strikeOut(old)
        } else if tagCount >= limits.tagsMax {
            droppedTags += 1
            return
        } else {
            tagCount += 1
        }
        let start = beginEntry(.tag)
        memory.store(lastTag, at: start + 4)
        lastTag = UInt32(truncatingIfNeeded: start)
        appendField(key, value, limits)
        endEntry(start, fields: 1)
        compactIfWorthwhile()
    }

    /// Adds a log. Its fields are `name`, if there is one, as the field `event`, and `fields`.
    mutating func addLog(at nanoseconds: Int64, name: String?, _ fields: TagList, _ limits: SpanLimits) {
        guard limits.logsMax > 0 else {
            droppedLogs += 1
            return
        }
        if logCount >= limits.logsMax { dropOldestSpareLog(keeping: limits.logsMax / 2) }
        let start = beginEntry(.log)
        memory.append(nanoseconds)
        if let name { appendField(LogFields.event, .string(name), limits) }
        let named = name == nil ? 0 : 1
        let written = appendFields(fields, room: limits.fieldsMax - named, limits)
        endEntry(start, fields: named + written)
        logCount += 1
        compactIfWorthwhile()
    }

    /// Adds a link to another span.
    mutating func addLink(
        _ kind: SpanLinkKind,
        to context: JaegerSpanContext,
        _ attributes: TagList,
        _ limits: SpanLimits
    ) {
        guard linkCount < limits.linksMax else {
            droppedLinks += 1
            return
        }
        let start = beginEntry(.link)
        memory.append(context.traceIDHigh)
        memory.append(context.traceIDLow)
        memory.append(context.spanID)
        memory.append(kind.rawValue)
        let written = appendFields(attributes, room: limits.fieldsMax, limits)
        endEntry(start, fields: written)
        linkCount += 1
    }

    // MARK: Reading

    /// Calls `body` with each entry that counts, in the order in which they were added.
    func forEachEntry(_ body: (EntryKind, borrowing SpanEntry) -> Void) {
        var offset = 0
        while offset < memory.count {
            let size = Int(memory.load(UInt32.self, at: offset))
            let kind = EntryKind(rawValue: memory.load(UInt8.self, at: offset + 8)) ?? .dead
            if kind != .dead {
                let fixed = SpanEntry.fixedSize(kind)
                let entry = SpanEntry(
                    fixed: memory.view(offset + Self.headerSize, fixed),
                    fields: memory.view(offset + Self.headerSize + fixed, size - Self.headerSize - fixed),
                    fieldCount: Int(memory.load(UInt16.self, at: offset + 10))
                )
                body(kind, entry)
            }
            offset += size
        }
    }

    /// Another one with the same content.
    func copy() -> SpanContent {
        var copy = SpanContent()
        copy.memory = memory.copy()
        copy.deadBytes = deadBytes
        copy.lastTag = lastTag
        copy.oldestSpareLog = oldestSpareLog
        copy.tagCount = tagCount
        copy.logCount = logCount
        copy.linkCount = linkCount
        copy.droppedTags = droppedTags
        copy.droppedLogs = droppedLogs
        copy.droppedLinks = droppedLinks
        return copy
    }

    // MARK: Entries

    private mutating func beginEntry(_ kind: EntryKind) -> Int {
        let start = memory.count
        memory.appendSpace(Self.headerSize)
        memory.store(Self.none, at: start + 4)
        memory.store(UInt32(kind.rawValue), at: start + 8)
        return start
    }

    private func endEntry(_ start: Int, fields: Int) {
        memory.store(UInt32(truncatingIfNeeded: memory.count - start), at: start)
        memory.store(UInt16(truncatingIfNeeded: fields), at: start + 10)
    }

    private mutating func kill(_ entry: Int) {
        memory.store(EntryKind.dead.rawValue, at: entry + 8)
        deadBytes += Int(memory.load(UInt32.self, at: entry))
    }

    /// Removes the dead entries once they are most of the memory.
    private mutating func compactIfWorthwhile() {
        if deadBytes > Self.deadBytesMax, deadBytes > memory.count / 2 { compact() }
    }

    private mutating func compact() {
        var target = 0
        var offset = 0
        var newLastTag = Self.none
        var newSpareLog: Int?
        while offset < memory.count {
            let size = Int(memory.load(UInt32.self, at: offset))
            let kind = memory.load(UInt8.self, at: offset + 8)
            if oldestSpareLog > 0, offset >= oldestSpareLog, newSpareLog == nil { newSpareLog = target }
            if kind != EntryKind.dead.rawValue {
                memory.move(from: offset, to: target, length: size)
                if kind == EntryKind.tag.rawValue {
                    memory.store(newLastTag, at: target + 4)
                    newLastTag = UInt32(truncatingIfNeeded: target)
                }
                target += size
            }
            offset += size
        }
        memory.truncate(to: target)
        deadBytes = 0
        lastTag = newLastTag
        oldestSpareLog = newSpareLog ?? (oldestSpareLog > 0 ? target : 0)
    }

    // MARK: Tags

    /// Where the tag with this key stands.
    private func find(_ key: String) -> Int? {
        let length = min(key.utf8.count, SpanLimits.keyLengthMaxBytes)
        var offset = lastTag
        while offset != Self.none {
            let entry = Int(offset)
            if Int(memory.load(UInt16.self, at: entry + Self.headerSize + 2)) == length,
                memory.isEqual(key, at: entry + Self.headerSize + Self.fieldHeaderSize, length: length)
            {
                return entry
            }
            offset = memory.load(UInt32.self, at: entry + 4)
        }
        return nil
    }

    /// Writes a number over another; texts are added anew.
    private func overwrite(_ entry: Int, _ value: TagValue) -> Bool {
        let field = entry + Self.headerSize
        let type = FieldType(rawValue: memory.load(UInt8.self, at: field))
        let position = field + Self.fieldHeaderSize + Int(memory.load(UInt16.self, at: field + 2))
        switch value {
        case .int(let number) where type == .int: memory.store(number, at: position)
        case .double(let number) where type == .double: memory.store(number.bitPattern, at: position)
        case .bool(let truth) where type == .bool: memory.store(UInt8(truth ? 1 : 0), at: position)
        default: return false
        }
        return true
    }

    /// Takes a tag out of the chain of tags and marks it as dead.
    private mutating func strikeOut(_ entry: Int) {
        let before = memory.load(UInt32.self, at: entry + 4)
        if Int(lastTag) == entry {
            lastTag = before
        } else {
            var next = Int(lastTag)
            while Int(memory.load(UInt32.self, at: next + 4)) != entry {
                next = Int(memory.load(UInt32.self, at: next + 4))
            }
            memory.store(before, at: next + 4)
        }
        kill(entry)
    }

    // MARK: Logs

    /// Marks as dead the oldest log behind the first `keeping`.
    private mutating func dropOldestSpareLog(keeping: Int) {
        var offset = oldestSpareLog
        var toSkip = offset == 0 ? keeping : 0
        while offset < memory.count {
            if memory.load(UInt8.self, at: offset + 8) == EntryKind.log.rawValue {
                if toSkip == 0 { break }
                toSkip -= 1
            }
            offset += Int(memory.load(UInt32.self, at: offset))
        }
        guard offset < memory.count else { return }
        kill(offset)
        oldestSpareLog = offset + Int(memory.load(UInt32.self, at: offset))
        logCount -= 1
        droppedLogs += 1
    }

    // MARK: Fields

    private mutating func appendFields(_ fields: TagList, room: Int, _ limits: SpanLimits) -> Int {
        let written = min(fields.count, max(0, room))
        for field in fields.prefix(written) { appendField(field.key, field.value, limits) }
        droppedTags += fields.count - written
        return written
    }

    private mutating func appendField(_ key: String, _ value: TagValue, _ limits: SpanLimits) {
        let start = memory.count
        memory.appendSpace(Self.fieldHeaderSize)
        let keyLength = memory.append(key, limit: SpanLimits.keyLengthMaxBytes)
        memory.store(UInt16(truncatingIfNeeded: keyLength), at: start + 2)
        let type = appendValue(value, limit: limits.valueLength(key), depth: SpanLimits.depthMax)
        endField(start, type, keyLength: keyLength)
    }

    private func endField(_ start: Int, _ type: FieldType, keyLength: Int) {
        memory.store(type.rawValue, at: start)
        memory.store(UInt16(truncatingIfNeeded: keyLength), at: start + 2)
        let valueLength = memory.count - start - Self.fieldHeaderSize - keyLength
        memory.store(UInt32(truncatingIfNeeded: valueLength), at: start + 4)
    }

    private mutating func appendValue(_ value: TagValue, limit: Int, depth: Int) -> FieldType {
        switch value {
        case .string(let text):
            memory.append(text, limit: limit)
            return .string
        case .bool(let truth):
            memory.append(UInt8(truth ? 1 : 0))
            return .bool
        case .int(let number):
            memory.append(number)
            return .int
        case .double(let number):
            memory.append(number.bitPattern)
            return .double
        case .binary(let bytes):
            memory.append(bytes, limit: limit)
            return .binary
        case .array(let values):
            guard depth > 0 else {
                memory.append("…", limit: 3)
                return .string
            }
            appendElements(values, limit: limit, depth: depth - 1)
            return .array
        }
    }

    /// Elements are fields without keys; the limit holds for all of them together.
    private mutating func appendElements(_ values: [TagValue], limit: Int, depth: Int) {
        var used = 0
        for value in values {
            let start = memory.count
            memory.appendSpace(Self.fieldHeaderSize)
            let type = used < limit ? appendValue(value, limit: limit - used, depth: depth) : nil
            if type == nil { memory.append("…", limit: 3) }
            endField(start, type ?? .string, keyLength: 0)
            used += max(1, memory.count - start - Self.fieldHeaderSize)
            if type == nil { return }
        }
    }
}
