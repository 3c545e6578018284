import Hummingbird
import JaegerTracing
import Tracing

/// Gives each service of the one process a tracer of its own.
struct OwnTracer<Context: RequestContext>: RouterMiddleware {
    let tracer: any Tracing.Tracer

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try await withTracer(tracer) { () async throws -> Response in try await next(request, context) }
    }
}

/// What the four services answer.
struct DemoRoutes: Sendable {
    let client: ServiceClient
    private let database = SlowDatabase()
    private let drivers = DriverStore()
    private let pool = WorkerPool(workers: Faults.routeWorkers)

    init(client: ServiceClient) { self.client = client }

    func router(for service: DemoService, tracer: any Tracing.Tracer) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: OwnTracer(tracer: tracer))
        router.add(middleware: TracingMiddleware())
        switch service {
        case .frontend:
            router.get("/") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/html; charset=utf-8"],
                    body: .init(byteBuffer: .init(string: DemoData.page))
                )
            }
            router.get("/dispatch") { request, _ in
                try await dispatch(customer: String(request.uri.queryParameters["customer"] ?? "123"))
            }
        case .customer:
            router.get("/customer") { request, _ in
                let id = String(request.uri.queryParameters["customer"] ?? "")
                // Who asks travelled here as baggage, through a service that does not know of it.
                let asking = ServiceContext.current?.baggage["request"] ?? "unknown"
                return try await database.customer(id, request: asking)
            }
        case .driver:
            router.get("/nearest") { request, _ in
                let location = String(request.uri.queryParameters["location"] ?? "")
                return try await drivers.nearest(to: location).joined(separator: ",")
            }
        case .route:
            router.get("/route") { _, _ in
                try await Task.sleep(for: Faults.routeTime)
                return "\(Int.random(in: 2...12))"
            }
        }
        return router
    }

    /// Finds the customer, then the drivers who are near, then the route of each, and takes the quickest.
    private func dispatch(customer id: String) async throws -> String {
        let request = "\(id)-\(Int.random(in: 1000...9999))"
        var context = ServiceContext.current ?? .topLevel
        context.baggage["request"] = request
        return try await withSpan("dispatch", context: context) { span in
            span.attributes["request"] = request
            let customer = try await client.get(.customer, "/customer", "customer=\(id)")
            span.addEvent(SpanEvent(name: "customer found", attributes: ["customer": .string(customer)]))
            let near = try await client.get(.driver, "/nearest", "location=\(id)").split(separator: ",")
            span.addEvent(SpanEvent(name: "drivers found", attributes: ["count": .int64(Int64(near.count))]))
            let best = try await quickest(near.map(String.init))
            span.addEvent(SpanEvent(name: "driver dispatched", attributes: ["driver": .string(best.driver)]))
            return "\(best.driver) is with \(customer) in \(best.minutes) minutes\n"
        }
    }

    private func quickest(_ drivers: [String]) async throws -> (driver: String, minutes: Int) {
        try await withThrowingTaskGroup(of: (String, Int).self) { group in
            for driver in drivers {
                group.addTask {
                    let minutes = try await pool.run { try await client.get(.route, "/route", "driver=\(driver)") }
                    return (driver, Int(minutes) ?? .max)
                }
            }
            var best: (driver: String, minutes: Int) = ("nobody", .max)
            for try await (driver, minutes) in group where minutes < best.minutes { best = (driver, minutes) }
            return best
        }
    }
}
