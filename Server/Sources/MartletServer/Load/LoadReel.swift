import NIOCore
import Synchronization
import TraceModel

/// Requests that are made once and sent again and again, with trace ids that are new each time.
///
/// Making up spans and encoding them costs the sender more than it costs a server to take them: who wants to know what
/// a server bears must not do it for each request. Half of each trace id is a mark that no other bytes have; where it
/// stands is looked up once, and filled anew for every sending.
final class LoadReel: Sendable {
    /// Requests of the reel, and the places of the mark in each of their parts.
    private struct Frame {
        var requests: LoadRequests
        var places: [[Int]]
        var madeAt: ContinuousClock.Instant
    }

    private struct State {
        var maker: TraceMaker
        var frames: [Frame] = []
        var next = 0
        var ids: SplitMix
    }

    private let way: LoadSettings.Way
    private let spansPerRequest: Int
    private let mark: UInt64
    private let length: Int
    private let state: Mutex<State>

    /// Spans of all its requests, about.
    private static let spansTotal = 20_000
    /// After so long a request is made anew: its spans would be too old.
    private static let ageMax = Duration.seconds(30)

    init(_ settings: LoadSettings, spansPerRequest: Int) {
        way = settings.way
        self.spansPerRequest = spansPerRequest
        length = min(max(Self.spansTotal / spansPerRequest, 4), 400)
        mark = Self.fixed(.random(in: 0 ... .max))
        state = Mutex(
            State(maker: TraceMaker(settings, sender: 0), ids: SplitMix(state: .random(in: 0 ... .max)))
        )
    }

    /// A number of which the two highest bits are 01: it takes the same room in every encoding.
    static func fixed(_ number: UInt64) -> UInt64 { number >> 2 | 1 << 62 }

    /// The next requests, with new trace ids.
    func next() -> LoadRequests {
        let (frame, high) = state.withLock { state in
            let number = state.next % length
            state.next += 1
            if number >= state.frames.count {
                state.frames.append(make(&state.maker))
            } else if ContinuousClock.now - state.frames[number].madeAt > Self.ageMax {
                state.frames[number] = make(&state.maker)
            }
            return (state.frames[number], Self.fixed(state.ids.next()))
        }
        var requests = frame.requests
        let bytes = way.bytes(ofHigh: high)
        for (part, places) in frame.places.enumerated() {
            for place in places { requests.parts[part].body.setBytes(bytes, at: place) }
        }
        return requests
    }

    private func make(_ maker: inout TraceMaker) -> Frame {
        let (batch, traces) = maker.batch(ofSpans: spansPerRequest, at: UTCTime.now.nanoseconds, traceIDHigh: mark)
        let requests = way.requests(batch, traces: traces)
        let pattern = way.bytes(ofHigh: mark)
        let places = requests.parts.map { $0.body.places(of: pattern) }
        return Frame(requests: requests, places: places, madeAt: .now)
    }
}

extension ByteBuffer {
    /// Where some bytes stand, as indices of the buffer.
    fileprivate func places(of pattern: [UInt8]) -> [Int] {
        guard let first = pattern.first else { return [] }
        var places: [Int] = []
        let view = readableBytesView
        var rest = view[...]
        while let place = rest.firstIndex(of: first), view.endIndex - place >= pattern.count {
            if view[place..<place + pattern.count].elementsEqual(pattern) {
                places.append(place)
                rest = view[(place + pattern.count)...]
            } else {
                rest = view[(place + 1)...]
            }
        }
        return places
    }
}
