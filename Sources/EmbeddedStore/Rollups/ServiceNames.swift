/// Names of services, numbered in the order in which they came.
struct ServiceNames: Sendable {
    /// The names, by number.
    private(set) var names: [String] = []
    private var numbers: [String: UInt32] = [:]

    /// The number of a name. Of more names than anybody has services the further ones share one.
    mutating func number(of name: String) -> UInt32 {
        if let known = numbers[name] { return known }
        if names.count >= RollupTable.edgesMax, name != RollupTable.otherServices {
            return number(of: RollupTable.otherServices)
        }
        let number = UInt32(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }
}
