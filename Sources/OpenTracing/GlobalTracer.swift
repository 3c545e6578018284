import Synchronization

/// The tracer of the whole process, for code that can't be handed one.
///
/// Until a tracer is registered it is one that does nothing, so libraries can ask for it at any time.
public enum GlobalTracer {
    private static let registered = Mutex<(any Tracer)?>(nil)

    /// The registered tracer, or one that does nothing.
    public static var current: any Tracer { registered.withLock { $0 } ?? NoopTracer() }

    /// Whether a tracer was registered.
    public static var isRegistered: Bool { registered.withLock { $0 != nil } }

    /// Makes `tracer` the one of the whole process, in place of an earlier one.
    public static func register(_ tracer: any Tracer) { registered.withLock { $0 = tracer } }
}
