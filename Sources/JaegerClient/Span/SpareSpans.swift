// Safety: the memory belongs to one thread, is found only through that thread's own key, and is freed by the key's
// destructor when the thread ends; nothing in here suspends, so a task does not change threads while it is used.

import OpenTracing

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Spans that were not sampled, to be used again: most spans of a busy service are of this kind, and the next one finds
/// the memory of an earlier one that nobody holds any more.
///
/// Each thread keeps a few, in a ring. One that is still held is left to whoever holds it and replaced by a new one, so
/// the worst case is an allocation.
enum SpareSpans {
    private static let ringSize = 8

    /// What a thread keeps.
    struct ThreadState {
        var next = 0
        /// The thread's sequence of identifiers; see ``IDGenerator``.
        var idState: UInt64
        let idSalt: UInt64
        let ring: UnsafeMutablePointer<JaegerSpan?>

        init() {
            var system = SystemRandomNumberGenerator()
            idState = system.next()
            idSalt = system.next()
            ring = .allocate(capacity: SpareSpans.ringSize)
            ring.initialize(repeating: nil, count: SpareSpans.ringSize)
        }
    }

    /// Tracers and generators keep a copy of it, which is found sooner than a global.
    static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = pthread_key_create(&key) { state in
            #if canImport(Darwin)
            SpareSpans.free(state)
            #else
            if let state { SpareSpans.free(state) }
            #endif
        }
        precondition(failure == 0, "the process has used up its keys for thread-specific data (\(failure))")
        return key
    }()

    private static func free(_ memory: UnsafeMutableRawPointer) {
        let state = memory.assumingMemoryBound(to: ThreadState.self)
        state.pointee.ring.deinitialize(count: ringSize)
        state.pointee.ring.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// What the calling thread keeps; valid until the function returns that got it.
    struct Thread {
        fileprivate let state: UnsafeMutablePointer<ThreadState>

        /// The next number of the thread's own sequence; never 0.
        @inline(__always)
        func nextID() -> UInt64 {
            while true {
                state.pointee.idState &+= IDGenerator.step
                let mixed = IDGenerator.mix(state.pointee.idState ^ state.pointee.idSalt)
                if mixed != 0 { return mixed }
            }
        }

        /// A span that is not sampled.
        @inline(__always)
        func makeSpan(
            _ operationName: String,
            _ context: JaegerSpanContext,
            startTime: Timestamp?,
            tracer: JaegerTracer
        ) -> JaegerSpan {
            let slot = state.pointee.ring + state.pointee.next
            state.pointee.next = (state.pointee.next + 1) % ringSize
            if isKnownUniquelyReferenced(&slot.pointee), let span = slot.pointee {
                span.begin(tracer: tracer, context: context, operationName: operationName, startTime: startTime)
                return span
            }
            let span = JaegerSpan(
                tracer: tracer,
                context: context,
                operationName: operationName,
                startTime: startTime,
                decision: nil
            )
            slot.pointee = span
            return span
        }
    }

    /// Calls `body` with what the calling thread keeps.
    @inline(__always)
    static func withThreadState<Result>(_ key: pthread_key_t, _ body: (Thread) -> Result) -> Result {
        if let memory = pthread_getspecific(key) {
            return body(Thread(state: memory.assumingMemoryBound(to: ThreadState.self)))
        }
        return body(Thread(state: makeThreadState()))
    }

    @inline(never)
    private static func makeThreadState() -> UnsafeMutablePointer<ThreadState> {
        let state = UnsafeMutablePointer<ThreadState>.allocate(capacity: 1)
        state.initialize(to: ThreadState())
        pthread_setspecific(key, state)
        return state
    }
}
