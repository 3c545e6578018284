/// How big things may be, and the few that are bigger for now.
enum Limits {
    /// A file that fits in a reader's head.
    static let fileLines = 400
    /// No file is ever longer, whatever the ratchet says.
    static let fileLinesHard = 700
    static let functionLines = 60
    static let lineColumns = 120

    /// Files that are longer than they should be, with the length they may not exceed.
    ///
    /// Only ever shrinks: lower a
    /// number when the file got shorter, remove the entry when it fits, add none.
    static let longFiles: [String: Int] = [:]

    /// Functions that are longer than they should be: "path function" and the length they may not exceed.
    static let longFunctions: [String: Int] = [:]

    /// How far below its number in the ratchet a file or function may fall before the number has to follow.
    static let slack = 15
}
