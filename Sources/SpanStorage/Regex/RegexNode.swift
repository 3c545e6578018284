/// A regular expression as a tree.
indirect enum RegexNode: Sendable, Equatable {
    /// The empty text.
    case empty
    /// One character of a set.
    case set(ScalarSet)
    /// The beginning of the text: `^`.
    case start
    /// The end of the text: `$`.
    case end
    case sequence([RegexNode])
    case oneOf([RegexNode])
    /// At least and at most so many times; without an upper limit if `most` is nil.
    case repeated(RegexNode, least: Int, most: Int?)
}
