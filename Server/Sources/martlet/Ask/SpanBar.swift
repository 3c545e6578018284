/// Bars of line-drawing characters, half a column fine.
struct SpanBar {
    /// In columns.
    let width: Int

    /// A bar from the left that takes a share of the width.
    func filled(_ share: Double) -> String {
        let halves = min(2 * width, max(1, Int((share * Double(2 * width)).rounded())))
        let bar = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
        return bar + String(repeating: " ", count: width - (halves + 1) / 2)
    }

    /// The columns that a stretch takes, at least one; both ends are shares of the width.
    func columns(from begin: Double, to end: Double) -> Range<Int> {
        let first = min(width - 1, max(0, Int(begin * Double(width))))
        let last = min(width, max(first + 1, Int((end * Double(width)).rounded(.up))))
        return first..<last
    }
}
