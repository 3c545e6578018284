/// A word of a query.
struct Token: Equatable {
    enum Kind: Equatable {
        /// Brackets and operators.
        case symbol(String)
        /// `name`, `span:id`, `count`, `true` and the like.
        case word(String)
        /// `span.key`, `.key` and the like.
        case attribute(AttributeLevel, String)
        case string(String)
        /// Digits, perhaps with a fraction and an exponent.
        case number(String)
        /// In nanoseconds.
        case duration(Int64)
        /// The end of the text.
        case end
    }

    var kind: Kind
    /// Where it stands, in characters of the text.
    var range: Range<Int>
}
