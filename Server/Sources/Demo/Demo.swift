import Hummingbird
import JaegerClient
import JaegerTracing
import Logging
import OpenTracing
import Tracing

/// A car service of four HTTP services in one process, with faults to be found in the UI.
public struct Demo: Sendable {
    private let settings: DemoSettings
    private let logger: Logger
    private let say: @Sendable (String) -> Void

    /// Makes a demo.
    ///
    /// - Parameters:
    ///   - settings: What it was told.
    ///   - logger: Where the services and the tracers write to.
    ///   - say: Shows lines to the person who started it.
    public init(settings: DemoSettings, logger: Logger, say: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.logger = logger
        self.say = say
    }

    /// Runs the services, asks for cars, says what to look for, and serves until the task is cancelled or, if it was
    /// told so, ends.
    ///
    /// - Throws: When a service can't listen.
    public func run() async throws {
        let tracers = DemoService.allCases.map { service in
            JaegerConfiguration(serviceName: service.name, sampler: .const(true), logger: logger).makeTracer()
        }
        let failure = await serve(tracers)
        for tracer in tracers { await tracer.close() }
        if let failure { throw failure }
    }

    private func serve(_ tracers: [JaegerTracer]) async -> (any Error)? {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let routes = DemoRoutes(client: ServiceClient(settings: settings))
                let (started, starts) = AsyncStream.makeStream(of: Void.self)
                for (service, tracer) in zip(DemoService.allCases, tracers) {
                    let app = Application(
                        router: routes.router(for: service, tracer: tracer),
                        configuration: .init(address: .hostname("127.0.0.1", port: settings.port(of: service))),
                        onServerRunning: { _ in starts.yield() },
                        logger: quiet
                    )
                    group.addTask { try await app.run() }
                }
                group.addTask {
                    var count = 0
                    for await _ in started {
                        count += 1
                        if count == DemoService.allCases.count { break }
                    }
                    say(DemoText.start(settings))
                    await askForCars()
                    for tracer in tracers { await tracer.flush() }
                    say(DemoText.hints(settings))
                    if settings.endsAfterRequests { throw CancellationError() }
                }
                // The first that ends badly, or is done, ends the others.
                for try await _ in group {}
            }
            return nil
        } catch is CancellationError {
            return nil
        } catch {
            return error
        }
    }

    /// Hummingbird tells of each start, and of each connection that its end cuts off; nobody wants to know here.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = .critical
        return quiet
    }

    private func askForCars() async {
        let client = ServiceClient(settings: settings)
        let customers = DemoData.customers.keys.sorted()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<settings.requests {
                if number >= settings.concurrency { await group.next() }
                let customer = customers[number % customers.count]
                group.addTask {
                    do {
                        _ = try await client.get(.frontend, "/dispatch", "customer=\(customer)")
                    } catch {
                        logger.warning("no car for customer \(customer): \(error)")
                    }
                }
            }
        }
    }
}
