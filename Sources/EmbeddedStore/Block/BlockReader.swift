import SpanStorage
import Synchronization
import TraceModel

/// An open segment file.
///
/// It keeps the directory in memory; everything else is read from the mapped file when a
/// question needs it, after the checksum of its section has been compared once.
final class BlockReader: Sendable {
    /// The file's path, for messages.
    let path: String
    /// Where everything is.
    let directory: BlockDirectory
    private let version: UInt32
    private let file: FileBytes
    private let cache: BlockMetaCache
    private let verified: Mutex<Set<Int>>
    private let isTouched = Atomic<Bool>(true)
    private let traceFilter: TraceFilter?

    /// Opens a file; throws `.damaged` or `.version`.
    init(_ file: FileBytes, path: String, cache: BlockMetaCache) throws(SpanStoreError) {
        self.file = file
        self.path = path
        self.cache = cache
        (directory, version) = try Self.readDirectory(file, path: path)
        verified = Mutex([])
        traceFilter = Self.readTraceFilter(file, directory)
    }

    /// The filter is small and asked by every look-up: it is checked when the block is opened.
    private static func readTraceFilter(_ file: FileBytes, _ directory: BlockDirectory) -> TraceFilter? {
        guard let place = directory.section(.traceFilter) else { return nil }
        let range = Int(place.offset)..<Int(place.offset + place.length)
        guard checksum(file.bytes.extracting(range)) == place.checksum else { return nil }
        return TraceFilter(file, range)
    }

    deinit { cache.forget(ObjectIdentifier(self)) }

    /// The directory, and the version of the file's format.
    private static func readDirectory(
        _ file: FileBytes,
        path: String
    ) throws(SpanStoreError) -> (BlockDirectory, version: UInt32) {
        let size = file.count
        guard size >= BlockLayout.headerSize + BlockLayout.trailerSize else {
            throw .damaged("\(path) is too short for a segment")
        }
        var trailer = ByteReader(file.bytes.extracting(size - BlockLayout.trailerSize..<size))
        guard let offset = try? trailer.littleEndian(UInt64.self), let length = try? trailer.littleEndian(UInt64.self),
            let sum = try? trailer.littleEndian(UInt32.self), let version = try? trailer.littleEndian(UInt32.self),
            let end = try? trailer.take(BlockLayout.magic.count), hasBytes(end, BlockLayout.magic)
        else { throw .damaged("\(path) does not end as a segment does") }
        guard version <= BlockLayout.version else {
            // The number stands at both ends, outside of all checksums: only if they agree it is a newer version.
            var header = ByteReader(file.bytes.extracting(BlockLayout.magic.count..<BlockLayout.headerSize))
            guard let first = try? header.littleEndian(UInt32.self), first == version else {
                throw .damaged("\(path) does not say of which version it is")
            }
            throw .version(
                "\(path) has format version \(version); this version of martlet reads up to \(BlockLayout.version)"
            )
        }
        let limit = UInt64(size - BlockLayout.trailerSize)
        guard offset <= limit, length <= limit - offset else {
            throw .damaged("\(path): the directory is outside the file")
        }
        let bytes = file.bytes.extracting(Int(offset)..<Int(offset + length))
        guard checksum(bytes) == sum, let directory = BlockDirectory.decode(bytes, fileSize: size) else {
            throw .damaged("\(path): the directory is damaged")
        }
        return (directory, version)
    }

    /// What the block's spans share.
    func meta() throws(SpanStoreError) -> BlockMeta {
        if let known = cache.find(ObjectIdentifier(self)) { return known }
        // A local name: views of the file's bytes may live as long as it.
        let file = self.file
        var meta = BlockMeta()
        let dictionaryRange = try section(.dictionary)
        var dictionary = ByteReader(file.bytes.extracting(dictionaryRange))
        guard let count = try? dictionary.varint(), count <= UInt64(directory.spanCount + 1) * 4_096,
            let lengths = NumberColumn.decode(&dictionary, count: Int(count)),
            let arena = BytesColumn.decodeBytes(&dictionary)
        else { throw damaged("dictionary") }
        var ends: [UInt32] = []
        ends.reserveCapacity(lengths.count)
        var end: UInt64 = 0
        for length in lengths {
            end = end &+ length
            guard end <= UInt64(arena.count) else { throw damaged("dictionary") }
            ends.append(UInt32(end))
        }
        guard ends.first == 0, end == UInt64(arena.count) else { throw damaged("dictionary") }
        meta.strings = StringTable(arena: arena, ends: ends)
        let resources = try section(.resources)
        guard meta.decodeResources(file.bytes.extracting(resources)) else { throw damaged("resources") }
        let shapes = try section(.shapes)
        guard meta.decodeShapes(file.bytes.extracting(shapes)) else { throw damaged("shapes") }
        if directory.section(.derivedColumns) != nil {
            let range = try section(.derivedColumns)
            guard let derived = DerivedColumn.decode(file.bytes.extracting(range), meta) else {
                throw damaged("derived columns")
            }
            meta.derived = derived
        }
        cache.keep(meta, for: ObjectIdentifier(self))
        return meta
    }

    /// A page, ready to be decoded.
    func page(_ index: Int, meta: BlockMeta) throws(SpanStoreError) -> PageReader {
        guard let place = directory.section(.page, index: index) else { throw damaged("page \(index)") }
        try verify(place)
        let range = Int(place.offset)..<Int(place.offset + place.length)
        guard let page = PageReader(file, range, page: directory.pages[index], meta: meta, block: self) else {
            throw damaged("page \(index)")
        }
        return page
    }

    /// The sections that do not have their checksums, and bytes beside them that nobody wrote so, in words.
    func damagedSections() -> [String] {
        let sections: [String] = directory.sections.compactMap { place in
            let range = Int(place.offset)..<Int(place.offset + place.length)
            let file = self.file
            if checksum(file.bytes.extracting(range)) == place.checksum { return nil }
            return "section \(place.kind).\(place.index) does not have its checksum"
        }
        if hasSoundFrame() { return sections }
        return sections + ["the header or the padding of a section is not as it was written"]
    }

    /// Whether the bytes that no checksum covers are as they are written: the header, and zeros up to the next section.
    private func hasSoundFrame() -> Bool {
        let file = self.file
        let size = file.count
        var trailer = ByteReader(file.bytes.extracting(size - BlockLayout.trailerSize..<size))
        guard let directoryOffset = try? trailer.littleEndian(UInt64.self),
            (try? trailer.littleEndian(UInt64.self)) != nil, (try? trailer.littleEndian(UInt32.self)) != nil,
            let version = try? trailer.littleEndian(UInt32.self)
        else { return false }
        var header = BlockLayout.magic
        header.append(littleEndian: version)
        header.append(littleEndian: UInt32(0))
        guard hasBytes(file.bytes.extracting(0..<BlockLayout.headerSize), header) else { return false }
        var end = BlockLayout.headerSize
        let places = directory.sections.sorted { $0.offset < $1.offset }.map { (Int($0.offset), Int($0.length)) }
        for (start, length) in places + [(Int(clamping: directoryOffset), 0)] {
            guard start >= end, start - end < 8 else { return false }
            let zeros = [UInt8](repeating: 0, count: start - end)
            guard hasBytes(file.bytes.extracting(end..<start), zeros) else { return false }
            end = start + length
        }
        return true
    }

    /// The error for a part of the file that does not hold together.
    func damaged(_ part: String) -> SpanStoreError { .damaged("\(path): the \(part) is damaged") }

    /// The table of the block's traces.
    func traces() throws(SpanStoreError) -> TraceTable {
        guard let table = TraceTable(file, try section(.traces), directory: directory, path: path) else {
            throw damaged("table of traces")
        }
        return table
    }

    /// What the block tells of its traces; nil if it was written without.
    func summaries() throws(SpanStoreError) -> BlockSummaries? {
        guard directory.section(.summaries) != nil else { return nil }
        let file = self.file
        let range = try section(.summaries)
        let summaries = BlockSummaries.decode(
            file.bytes.extracting(range),
            traces: directory.traceCount,
            spans: directory.spanCount
        )
        guard let summaries else { throw damaged("summaries of traces") }
        return summaries
    }

    /// Takes what has been read of the file out of the process' memory; it is read anew when it is wanted.
    func letPagesGo() {
        if isTouched.exchange(false, ordering: .relaxed) { file.letPagesGo() }
    }

    /// False only if no span of the block is of the trace.
    func mayContain(_ id: TraceID) -> Bool { traceFilter?.mayContain(id) ?? true }

    /// The pages that can have a span which satisfies a filter, as far as the block's index tells.
    func pages(for filter: SpanFilter) -> PageSet {
        // A block without an index, or with a damaged one, is searched page by page.
        guard let values = optionalSection(.valueFilter), let keys = optionalSection(.keyIndex),
            let valueFilter = ValueFilter(file, values, pages: directory.pages.count)
        else { return .all(of: directory.pages.count) }
        let hasPairs = version >= BlockLayout.pairsVersion
        return BlockIndex(file: file, values: valueFilter, keys: keys, directory: directory, hasPairs: hasPairs)
            .pages(for: filter)
    }

    private func optionalSection(_ kind: BlockLayout.Section) -> Range<Int>? {
        directory.section(kind) == nil ? nil : try? section(kind)
    }

    /// The id of a span, by its row in the block.
    func spanID(row: Int) throws(SpanStoreError) -> UInt64 {
        let index = directory.pages.partitioningIndex { $0.firstRow + $0.rows > row }
        guard index < directory.pages.count else { throw damaged("table of traces") }
        let page = try page(index, meta: try meta())
        return try page.numbers(BlockLayout.Column.spanIDs)[row - page.page.firstRow]
    }

    /// Where a section is in the file, once its checksum has been compared.
    private func section(_ kind: BlockLayout.Section) throws(SpanStoreError) -> Range<Int> {
        guard let place = directory.section(kind) else { throw damaged("directory") }
        try verify(place)
        return Int(place.offset)..<Int(place.offset + place.length)
    }

    private func verify(_ place: BlockDirectory.Section) throws(SpanStoreError) {
        isTouched.store(true, ordering: .relaxed)
        let key = Int(place.kind) << 16 | Int(place.index)
        if verified.withLock({ $0.contains(key) }) { return }
        let range = Int(place.offset)..<Int(place.offset + place.length)
        let file = self.file
        guard checksum(file.bytes.extracting(range)) == place.checksum else {
            throw .damaged("\(path): section \(place.kind).\(place.index) does not have its checksum")
        }
        verified.withLock { _ = $0.insert(key) }
    }
}
