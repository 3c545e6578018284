/// What the person reads who started the demo.
enum DemoText {
    static func start(_ settings: DemoSettings) -> String {
        let others = DemoService.allCases.dropFirst().map { "\($0.name) \(settings.port(of: $0))" }
        return """
            A car service: four HTTP services in this process, with four faults built in.

              Ask for a car   http://localhost:\(settings.port(of: .frontend))/
              Others          \(others.joined(separator: ", "))

            Asking for \(settings.requests) cars, \(settings.concurrency) at a time …
            """
    }

    static func hints(_ settings: DemoSettings) -> String {
        func search(_ query: String) -> String { "\(settings.userInterface)/search?\(query)" }
        return """

            Done. Each car is one trace through all four services. What is wrong, and where to see it:

              1  A slow query. Operation "SQL SELECT": every request waits for it first.
                 \(search("service=customer&operation=SQL%20SELECT&sort=longest"))
              2  A lock. With several requests at once that query takes ever longer, though the database does not:
                 its events say "waiting for lock behind … transactions", and which requests (blockers).
              3  One after the other. Operation "GetDriver": ten reads in a row that could be made at once; and some
                 time out, fail, and are made again.
                 \(search("service=driver&tags=%7B%22error%22%3A%22true%22%7D"))
              4  A pool that is too small. Ten calls of "/route" in steps of \(Faults.routeWorkers): look at the end of
                 any trace of the frontend.
                 \(search("service=frontend&operation=%2Fdispatch&sort=longest"))

            Fix one in Server/Sources/Demo/Faults.swift, run it again, and compare.
            """
    }
}
