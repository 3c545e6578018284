import TraceModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UTCTime {
    /// Now, to the microsecond.
    static var now: UTCTime {
        UTCTime(nanoseconds: UInt64(max(0, Date().timeIntervalSince1970 * 1_000_000)) * 1000)
    }
}
