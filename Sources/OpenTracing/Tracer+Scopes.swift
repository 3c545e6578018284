extension Tracer {
    /// The span that is active in the current task, or nil.
    public var activeSpan: (any Span)? { scopeManager.activeSpan }

    /// Starts a span, makes it the active one while `body` runs, and finishes it.
    ///
    /// Spans that `body` starts are its children without being told so. An error that leaves `body` is recorded on the
    /// span and thrown on.
    ///
    ///     let total = tracer.withSpan("add-up") { span in
    ///         span.setTag("items", to: items.count)
    ///         return items.reduce(0, +)
    ///     }
    public func withSpan<Value>(
        _ operationName: String,
        childOf parent: (any SpanContext)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: (any Span) throws -> Value
    ) rethrows -> Value {
        let span = startSpan(
            operationName,
            childOf: parent,
            references: references,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return try withActiveSpan(span, finishOnClose: true, function: function, file: file, line: line) {
            try body(span)
        }
    }

    /// Starts a span, makes it the active one while `body` runs, and finishes it.
    ///
    /// Spans that `body` and its child tasks start are its children without being told so. An error that leaves `body`
    /// is recorded on the span and thrown on.
    public func withSpan<Value>(
        _ operationName: String,
        childOf parent: (any SpanContext)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false,
        isolation: isolated (any Actor)? = #isolation,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: (any Span) async throws -> Value
    ) async rethrows -> Value {
        let span = startSpan(
            operationName,
            childOf: parent,
            references: references,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return try await withActiveSpan(span, finishOnClose: true, function: function, file: file, line: line) {
            try await body(span)
        }
    }

    /// Makes a span the active one while `body` runs.
    ///
    /// - Parameters:
    ///   - span: The span, started by this tracer.
    ///   - finishOnClose: Whether to finish the span at the end; otherwise it goes on.
    ///   - function: Where this is called, for the log of an error.
    ///   - file: Where this is called, for the log of an error.
    ///   - line: Where this is called, for the log of an error.
    ///   - body: What the span is about. An error that leaves it is recorded on the span.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withActiveSpan<Value>(
        _ span: any Span,
        finishOnClose: Bool = false,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: () throws -> Value
    ) rethrows -> Value {
        defer { if finishOnClose { span.finish() } }
        do {
            return try scopeManager.withActive(span, body)
        } catch {
            span.recordError(error, function: function, file: file, line: line)
            throw error
        }
    }

    /// Makes a span the active one while `body` and the child tasks it starts run.
    ///
    /// - Parameters:
    ///   - span: The span, started by this tracer.
    ///   - finishOnClose: Whether to finish the span at the end; otherwise it goes on.
    ///   - isolation: The actor that the caller runs on, so that `body` stays there.
    ///   - function: Where this is called, for the log of an error.
    ///   - file: Where this is called, for the log of an error.
    ///   - line: Where this is called, for the log of an error.
    ///   - body: What the span is about. An error that leaves it is recorded on the span.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withActiveSpan<Value>(
        _ span: any Span,
        finishOnClose: Bool = false,
        isolation: isolated (any Actor)? = #isolation,
        function: StaticString = #function,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        defer { if finishOnClose { span.finish() } }
        do {
            return try await scopeManager.withActive(span, isolation: isolation, body)
        } catch {
            span.recordError(error, function: function, file: file, line: line)
            throw error
        }
    }

    /// Starts a span and makes it the active one until the scope is closed, for code that no closure can enclose.
    ///
    ///     let scope = tracer.startActiveSpan("parse")
    ///     defer { scope.close() }
    ///     scope.span.setTag("bytes", to: bytes.count)
    ///
    /// See ``Scope`` for what to mind; prefer `withSpan` wherever it can be used.
    ///
    /// - Parameters:
    ///   - operationName: What the span does, in few words and few variants.
    ///   - parent: The context of the span that waits for this one.
    ///   - references: Further spans that led to this one.
    ///   - tags: The span's first tags.
    ///   - startTime: When it began, if not now.
    ///   - ignoringActiveSpan: Whether to begin a new trace rather than take the active span as the parent.
    ///   - finishOnClose: Whether closing the scope finishes the span.
    /// - Returns: The scope, with the span in it.
    public func startActiveSpan(
        _ operationName: String,
        childOf parent: (any SpanContext)? = nil,
        references: [Reference] = [],
        tags: TagList = [:],
        startTime: Timestamp? = nil,
        ignoringActiveSpan: Bool = false,
        finishOnClose: Bool = true
    ) -> Scope {
        let span = startSpan(
            operationName,
            childOf: parent,
            references: references,
            tags: tags,
            startTime: startTime,
            ignoringActiveSpan: ignoringActiveSpan
        )
        return scopeManager.activate(span, finishOnClose: finishOnClose)
    }
}
