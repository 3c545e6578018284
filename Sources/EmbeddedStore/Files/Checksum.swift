import CChecksum

// Safety: the bytes are lent for the length of the call, with their count.

/// CRC-32C of some bytes: what every file of the store is checked by.
func checksum(_ bytes: RawSpan) -> UInt32 {
    bytes.withUnsafeBytes { martlet_crc32c(0, $0.baseAddress, $0.count) }
}
