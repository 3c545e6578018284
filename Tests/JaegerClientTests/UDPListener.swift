// Safety: addresses are filled in and read within one call each, and the descriptor is closed by its one owner.

import JaegerClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A UDP socket on a free port of this machine, as a server has one.
final class UDPListener: Sendable {
    struct Failure: Error { let code: Int32 }

    private let descriptor: CInt
    let port: UInt16

    /// Listens on a port that is free now, or on a given one.
    init(port wanted: UInt16 = 0) throws {
        #if canImport(Glibc)
        descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_DGRAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure(code: errno) }
        var size: CInt = 4 << 20
        _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutableBytes(of: &address) { bytes -> CInt in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            if bind(descriptor, pointer, length) != 0 { return -1 }
            return getsockname(descriptor, pointer, &length)
        }
        guard code == 0 else { throw Failure(code: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Settings with which a reporter sends here.
    var settings: UDPReporter.Settings {
        var settings = UDPReporter.Settings()
        settings.host = "127.0.0.1"
        settings.port = port
        return settings
    }

    /// A datagram that has arrived, or nil.
    func datagram() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    /// The batches of all datagrams that arrive until so many spans did, or ten seconds passed.
    func batches(spans wanted: Int) async throws -> [DecodedBatch] {
        var batches: [DecodedBatch] = []
        var count = 0
        let deadline = ContinuousClock.now + .seconds(60)
        while count < wanted {
            // Looked at before the datagram: what came while this test had no thread counts.
            let isLate = ContinuousClock.now >= deadline
            guard let datagram = datagram() else {
                if isLate { break }
                try await Task.sleep(for: .milliseconds(1))
                continue
            }
            let batch = try DecodedBatch(datagram: datagram)
            count += batch.spans.count
            batches.append(batch)
        }
        return batches
    }
}
