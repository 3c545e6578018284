import SpanStorage
import TraceModel

/// Puts segments in the place of others: one transaction of the catalogue, then one moment of the view, then the old
/// files go.
///
/// Only the upkeep's thread takes segments away, one change after the other; the sealer only adds some.
struct SegmentChange: Sendable {
    let view: StoreView
    let catalogue: Catalogue
    let folder: SegmentFolder
    let pins: Pins

    /// Changes the segments; false if one of the old ones is not there any more, and then the new ones are deleted.
    ///
    /// After an error everything is as it was.
    @discardableResult
    func replace(
        _ old: [Segment],
        by new: [Segment],
        unpinning ids: Set<TraceID> = [],
        counting count: (inout SpanStoreStatistics) -> Void
    ) throws(SpanStoreError) -> Bool {
        let numbers = Set(view.segments.map(\.number))
        guard old.allSatisfy({ numbers.contains($0.number) }) else {
            folder.remove(new)
            return false
        }
        do {
            try catalogue.replace(old.map(\.number), by: new.map(\.row), unpinning: ids)
        } catch {
            // Of a transaction that failed for want of space nothing is left. Of another nobody knows: it may be found
            // done after a crash, and then the new files must be there. Otherwise the next start sweeps them away.
            if case .diskFull = error { folder.remove(new) }
            throw error
        }
        _ = view.replace(old, by: new, counting: count)
        pins.forget(ids)
        catalogue.whenCopied { [folder] in folder.remove(old) }
        return true
    }
}
