import TraceModel

extension SpanBatch {
    /// Whether every count, range and reference of the batch lies within what it refers to.
    ///
    /// A checksum finds what a disk damages; this finds what a bug or a forged file would make readers trap over.
    var isSound: Bool {
        strings.isSound && spans.isSound(strings: strings.count) && isSound(spanAttributes, owners: count)
            && isSoundEvents && isSoundLinks && areSound(resources.map(\.attributes) + scopes.map(\.attributes))
            && resources.allSatisfy { $0.service < strings.count && $0.schemaURL < strings.count }
            && scopes.allSatisfy {
                $0.name < strings.count && $0.version < strings.count && $0.schemaURL < strings.count
            }
    }

    private var isSoundEvents: Bool {
        let total = events.times.count
        return events.names.count == total && events.droppedAttributes.count == total
            && events.names.allSatisfy { $0 < strings.count }
            && areSoundEnds(events.ends, owners: count, total: total) && isSound(events.attributes, owners: total)
    }

    private var isSoundLinks: Bool {
        let total = links.spanIDs.count
        return links.kinds.count == total && links.traceIDHigh.count == total && links.traceIDLow.count == total
            && links.traceStates.count == total && links.flags.count == total
            && links.droppedAttributes.count == total && links.traceStates.allSatisfy { $0 < strings.count }
            && areSoundEnds(links.ends, owners: count, total: total) && isSound(links.attributes, owners: total)
    }

    private func isSound(_ lists: AttributeLists, owners: Int) -> Bool {
        guard lists.types.count == lists.keys.count, lists.values.count == lists.keys.count,
            areSoundEnds(lists.ends, owners: owners, total: lists.keys.count)
        else { return false }
        for index in 0..<lists.count {
            if lists.keys[index] >= strings.count { return false }
            if lists.types[index].isReference, lists.values[index] >= UInt64(strings.count) { return false }
        }
        return true
    }

    private func areSound(_ lists: [[Attribute]]) -> Bool {
        lists.allSatisfy { list in
            list.allSatisfy { attribute in
                attribute.key < strings.count
                    && (!attribute.type.isReference || attribute.value < UInt64(strings.count))
            }
        }
    }
}

extension StringTable {
    fileprivate var isSound: Bool {
        guard ends.first == 0 else { return false }
        return areSoundEnds(ends, owners: ends.count, total: arena.count)
    }
}

extension SpanColumns {
    fileprivate func isSound(strings: Int) -> Bool {
        let counts: [Int] = [
            traceIDHigh.count, traceIDLow.count, parentSpanIDs.count, starts.count, durations.count, names.count,
            resources.count, scopes.count, kinds.count, statuses.count, statusMessages.count, traceStates.count,
            flags.count, droppedAttributes.count, droppedEvents.count, droppedLinks.count,
        ]
        guard counts.allSatisfy({ $0 == count }) else { return false }
        let limit = StringRef(clamping: strings)
        for refs in [names, statusMessages, traceStates] where !refs.allSatisfy({ $0 < limit }) { return false }
        return true
    }
}

/// Whether `ends` never falls, has an entry per owner and ends at `total`.
private func areSoundEnds(_ ends: [UInt32], owners: Int, total: Int) -> Bool {
    guard ends.count == owners, Int(ends.last ?? 0) == total else { return false }
    var last: UInt32 = 0
    for end in ends {
        if end < last { return false }
        last = end
    }
    return true
}
