/// How one value stands to another.
enum Order {
    case before, same, after
    /// Neither: one of them is not a number.
    case none
}

/// How two integers are ordered.
func order(_ left: Int64, _ right: Int64) -> Order {
    left < right ? .before : left == right ? .same : .after
}

/// How two doubles are ordered.
func order(_ left: Double, _ right: Double) -> Order {
    left < right ? .before : left == right ? .same : left > right ? .after : .none
}

/// How an integer and a double are ordered as numbers, without rounding either.
func order(_ left: Int64, _ right: Double) -> Order {
    if right.isNaN { return .none }
    if right >= 0x1p63 { return .before }
    if right < -0x1p63 { return .after }
    let whole = right.rounded(.towardZero)
    let known = order(left, Int64(whole))
    // The fraction decides only where the whole parts are the same.
    guard known == .same else { return known }
    return right > whole ? .before : right < whole ? .after : .same
}

/// How a double and an integer are ordered as numbers.
func order(_ left: Double, _ right: Int64) -> Order {
    switch order(right, left) {
    case .before: .after
    case .after: .before
    case .same: .same
    case .none: .none
    }
}

/// How two strings are ordered by their bytes, which for UTF-8 is the order of their characters.
func order(_ left: RawSpan, _ right: [UInt8]) -> Order {
    let shared = min(left.byteCount, right.count)
    for index in 0..<shared {
        let byte = left.unsafeLoad(fromByteOffset: index, as: UInt8.self)
        if byte != right[index] { return byte < right[index] ? .before : .after }
    }
    return order(Int64(left.byteCount), Int64(right.count))
}
