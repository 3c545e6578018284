#if ServiceLifecycle
import JaegerClient
import ServiceLifecycle

/// A tracer in a group of services: what it still holds is sent when the group shuts down.
///
///     let group = ServiceGroup(
///         services: [tracer, server],
///         gracefulShutdownSignals: [.sigterm],
///         logger: logger
///     )
///     try await group.run()
///
/// Services are shut down in the reverse of their order. Put the tracer first: then it is shut down last, and the spans
/// of the others' last requests are sent as well.
extension JaegerTracer: Service {
    /// Waits until the group shuts down, or the task is cancelled; then sends what has finished, and closes the tracer.
    public func run() async throws {
        // Either way there are spans to be sent: being cancelled is no error here.
        try? await gracefulShutdown()
        await close()
    }
}
#endif
