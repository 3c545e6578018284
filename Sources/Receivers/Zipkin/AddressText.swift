import TraceModel

extension BatchBuilder {
    /// The ref of an IP address as text, given as its 4 or 16 bytes; that of the empty string for any other count.
    mutating func intern(address: RawSpan) -> StringRef {
        switch address.byteCount {
        case 4:
            var bits: UInt32 = 0
            for offset in 0..<4 {
                bits = bits << 8 | UInt32(address.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            }
            return intern(text: ipv4Text(bits))
        case 16:
            var groups: [UInt16] = []
            for offset in stride(from: 0, to: 16, by: 2) {
                let high = address.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
                let low = address.unsafeLoad(fromByteOffset: offset + 1, as: UInt8.self)
                groups.append(UInt16(high) << 8 | UInt16(low))
            }
            return intern(text: ipv6Text(groups))
        default: return 0
        }
    }
}

/// An IPv4 address in decimal with dots.
func ipv4Text(_ bits: UInt32) -> String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
}

/// An IPv6 address of eight groups in the form of RFC 5952: lower case, the longest run of zero groups as `::`.
func ipv6Text(_ groups: [UInt16]) -> String {
    var best = 0..<0
    var begin = 0
    for (index, group) in groups.enumerated() {
        if group != 0 {
            begin = index + 1
        } else if index + 1 - begin > max(1, best.count) {
            best = begin..<index + 1
        }
    }
    let digits = groups.map { String($0, radix: 16) }
    if best.isEmpty { return digits.joined(separator: ":") }
    return digits[..<best.lowerBound].joined(separator: ":") + "::" + digits[best.upperBound...].joined(separator: ":")
}
