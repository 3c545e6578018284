/// What the demo may be told.
public struct DemoSettings: Sendable {
    /// The port of the first of the four services; the others have the next ones.
    public var port: Int
    /// How many cars are asked for at the beginning.
    public var requests: Int
    /// How many of these at a time.
    public var concurrency: Int
    /// Whether to end when they have been answered.
    public var endsAfterRequests: Bool
    /// Where the web UI is that the hints point to.
    public var userInterface: String

    /// Makes settings from their parts.
    public init(
        port: Int = 8080,
        requests: Int = 12,
        concurrency: Int = 6,
        endsAfterRequests: Bool = false,
        userInterface: String = "http://localhost:16686"
    ) {
        self.port = port
        self.requests = requests
        self.concurrency = concurrency
        self.endsAfterRequests = endsAfterRequests
        self.userInterface = userInterface
    }

    func port(of service: DemoService) -> Int { port + service.rawValue }
}

/// The four services.
enum DemoService: Int, CaseIterable, Sendable {
    case frontend, customer, driver, route

    var name: String { "\(self)" }
}
