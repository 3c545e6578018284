/// What is wrong with the shop, on purpose: each is to be found in the UI.
enum Faults {
    /// The customer's database answers slowly, and one query at a time.
    static let queryTime = Duration.milliseconds(120)
    /// One read of a driver takes this long; they are read one after the other.
    static let readTime = Duration.milliseconds(12)
    /// Every so many reads one times out, and is tried again.
    static let readsPerTimeout = 6
    static let readTimeout = Duration.milliseconds(40)
    /// A route takes this long to compute, and so many are computed at a time.
    static let routeTime = Duration.milliseconds(50)
    static let routeWorkers = 3
    static let drivers = 10
}
