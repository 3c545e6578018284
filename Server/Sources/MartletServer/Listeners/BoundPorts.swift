import NIOCore

/// All ports, bound and not yet read.
struct BoundPorts: Sendable {
    private(set) var sockets: [PortName: [ListenSocket]] = [:]

    /// Binds the ports that the settings want: all of them or, with an error, none.
    init(_ settings: ServerSettings) throws(StartError) {
        for name in PortName.allCases {
            guard let address = name.address(settings) else { continue }
            let host = address.host ?? settings.listenHost
            do {
                let kind: ListenSocket.Kind = name.isDatagram ? .datagram : .stream
                sockets[name] = try ListenSocket.bind(host: host, port: address.port, kind: kind)
            } catch {
                close()
                throw StartError(error.message(setting: name.setting))
            }
        }
    }

    /// The addresses by port.
    var addresses: [PortName: [SocketAddress]] {
        sockets.mapValues { $0.map(\.address) }
    }

    /// The sockets of a port, for whoever listens there: they are its own from then on.
    mutating func take(_ name: PortName) -> [ListenSocket] {
        sockets.removeValue(forKey: name) ?? []
    }

    /// Closes those that nobody took.
    mutating func close() {
        for socket in sockets.values.joined() { socket.close() }
        sockets = [:]
    }
}

/// Why the server did not start, in words for the operator; nothing of it is left running.
public struct StartError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
