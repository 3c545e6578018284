import NIOCore
import TraceModel

/// Traces as OTLP's protobuf, in messages of bounded size: one after the other they are one message `TracesData`,
/// because a list of protobuf's may come in parts.
///
/// Of a resource with many spans each part repeats the resource.
struct OTLPProtobufWriter: PieceWriter {
    /// How many spans a part has at the most...
    static let partSpans = 1000
    /// ...and about how many bytes.
    static let partBytes = 256 << 10

    private var pages: TracePages
    /// The field of the message around each part, if it stands in one.
    private let wrapper: UInt32?
    private var view: OTLPView?
    private var group = 0
    private var place = 0
    private(set) var isDone = false

    /// Writes traces.
    ///
    /// - Parameter wrapper: The number of the field that holds `TracesData`; nil for `TracesData` itself.
    init(_ pages: TracePages, wrapper: UInt32? = nil) {
        self.pages = pages
        self.wrapper = wrapper
    }

    /// The next part; nil after the last one.
    mutating func next() async throws -> ByteBuffer? {
        while !isDone {
            guard let view, group < view.groups.count else {
                guard let page = try await pages.nextPage() else {
                    isDone = true
                    return nil
                }
                self.view = OTLPView(page)
                group = 0
                place = 0
                continue
            }
            let members = view.groups[group]
            let first = members.places.lowerBound + place
            // By the average size of a span, which is near enough.
            let average = max(1, view.batch.byteCount / max(1, view.batch.count))
            let count = min(Self.partSpans, max(1, Self.partBytes / average))
            let last = min(first + count, members.places.upperBound)
            var bytes: [UInt8] = []
            if let wrapper {
                bytes.appendMessage(wrapper) { bytes in
                    view.appendResourceSpans(1, members, first..<last, to: &bytes)
                }
            } else {
                view.appendResourceSpans(1, members, first..<last, to: &bytes)
            }
            place = last - members.places.lowerBound
            if last == members.places.upperBound {
                group += 1
                place = 0
            }
            return ByteBuffer(bytes: bytes)
        }
        return nil
    }
}
