// Safety: libFuzzer lends the bytes for the length of the call, with their count.

/// What libFuzzer calls with each input; a trap is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let finding = DecompressionProperties.finding(in: Array(UnsafeBufferPointer(start: data, count: count)))
    precondition(finding == nil, finding ?? "")
    return 0
}
