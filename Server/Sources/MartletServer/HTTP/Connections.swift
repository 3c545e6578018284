import NIOCore
import Synchronization

/// The open connections of a port: how many there may be, and how they end when the server stops.
final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let connectionsMax: Int

    init(max: Int) {
        connectionsMax = max
    }

    /// How many there are now.
    var count: Int { channels.withLock { $0.count } }

    /// Counts a new connection until it closes, or says that there are too many already.
    func add(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isAdded = channels.withLock { channels in
            if channels.count >= connectionsMax { return false }
            channels[key] = channel
            return true
        }
        guard isAdded else { return false }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { channels in
                channels[key] = nil
            }
        }
        return true
    }

    /// Closes the idle ones now and the others after their answer, but all of them by the deadline.
    func drain(timeout: Duration) async {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        let deadline = ContinuousClock.now + timeout
        while count > 0, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        for channel in channels.withLock({ Array($0.values) }) {
            channel.close(promise: nil)
        }
    }
}
