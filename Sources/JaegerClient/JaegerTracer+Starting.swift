import OpenTracing

extension JaegerTracer {
    /// Starts a span below another one, or below the active one.
    public func startSpan(_ operationName: String, childOf parent: (any Span)?) -> any Span {
        start(operationName, below: parent ?? TaskLocalScopeManager.activeSpan, startTime: nil, tags: nil)
    }

    /// Starts a span; see `startSpan(_:options:)` of `OpenTracing.Tracer`.
    public func startSpan(_ operationName: String, options: SpanOptions) -> any Span {
        start(operationName, options)
    }

    /// Starts a span: the same as `startSpan`, for who wants to know its type.
    public func start(_ operationName: String, _ options: SpanOptions) -> JaegerSpan {
        let tags = options.tags.isEmpty ? nil : options.tags
        if options.references.isEmpty {
            let parent = options.parentSpan ?? (options.ignoringActiveSpan ? nil : TaskLocalScopeManager.activeSpan)
            return start(operationName, below: parent, startTime: options.startTime, tags: tags)
        }
        // A context of another tracer identifies nothing that this one knows.
        let parent = options.referencedParent as? JaegerSpanContext
        let span = start(operationName, below: parent, startTime: options.startTime, tags: tags)
        if span.isRecording { addLinks(options, to: span) }
        return span
    }

    /// Starts a span below another one of this process, of which no context is made on the way.
    @inline(__always)
    private func start(_ name: String, below span: (any Span)?, startTime: Timestamp?, tags: TagList?) -> JaegerSpan {
        guard let parent = span as? JaegerSpan else {
            return startRoot(name, nil, startTime: startTime, tags: tags)
        }
        return startChild(name, of: parent.jaegerContext, startTime: startTime, tags: tags)
    }

    /// Starts a span below a context; one that only carries baggage begins a trace.
    ///
    /// - Parameters:
    ///   - name: What the span does.
    ///   - parent: The context of the span that led to this one; nil begins a trace whatever span is active.
    ///   - startTime: When it began; nil for now.
    ///   - tags: Its first tags.
    /// - Returns: The span, which has begun.
    public func start(
        _ name: String,
        below parent: JaegerSpanContext?,
        startTime: Timestamp? = nil,
        tags: TagList? = nil
    ) -> JaegerSpan {
        guard let parent, parent.identifiesSpan else {
            return startRoot(name, parent?.items, startTime: startTime, tags: tags)
        }
        return startChild(name, of: parent, startTime: startTime, tags: tags)
    }

    @inline(__always)
    private func startChild(
        _ name: String,
        of parent: JaegerSpanContext,
        startTime: Timestamp?,
        tags: TagList?
    ) -> JaegerSpan {
        SpareSpans.withThreadState(ids.key) { thread in
            if parent.items?.sampling == .undecided {
                return startUndecided(name, of: parent, startTime, tags ?? [:], thread)
            }
            let context = JaegerSpanContext(
                traceIDHigh: parent.traceIDHigh,
                traceIDLow: parent.traceIDLow,
                spanID: ids.next(thread),
                parentID: parent.spanID,
                flags: parent.flags,
                items: parent.items?.inherited
            )
            if let tags { return makeSpan(name, context, startTime, tags, decision: nil, thread) }
            return makeSpan(name, context, startTime, decision: nil, thread)
        }
    }

    /// Continues a trace about which nobody has decided yet.
    private func startUndecided(
        _ name: String,
        of parent: JaegerSpanContext,
        _ startTime: Timestamp?,
        _ tags: TagList,
        _ thread: SpareSpans.Thread
    ) -> JaegerSpan {
        let decision = sampler.sample(traceIDLow: parent.traceIDLow, operationName: name)
        let context = JaegerSpanContext(
            traceIDHigh: parent.traceIDHigh,
            traceIDLow: parent.traceIDLow,
            spanID: ids.next(thread),
            parentID: parent.spanID,
            flags: decision.isSampled ? [.sampled] : [],
            items: parent.items?.inherited
        )
        return makeSpan(name, context, startTime, tags, decision: decision.isSampled ? decision : nil, thread)
    }

    @inline(__always)
    private func startRoot(
        _ name: String,
        _ carried: CarriedItems?,
        startTime: Timestamp?,
        tags: TagList?
    ) -> JaegerSpan {
        SpareSpans.withThreadState(ids.key) { thread in
            let traceIDLow = ids.next(thread)
            var context = JaegerSpanContext(
                traceIDHigh: usesWideTraceIDs ? ids.next(thread) : 0,
                traceIDLow: traceIDLow,
                spanID: ids.next(thread),
                parentID: 0,
                flags: [],
                items: carried
            )
            if carried != nil || tags != nil {
                return startUnusualRoot(name, context, carried, startTime, tags ?? [:], thread)
            }
            if rule.leavesOut(traceIDLow) { return makeSpan(name, context, startTime, decision: nil, thread) }
            let decision = sampler.sample(traceIDLow: traceIDLow, operationName: name)
            if decision.isSampled { context.flags = [.sampled] }
            return makeSpan(name, context, startTime, decision: decision.isSampled ? decision : nil, thread)
        }
    }

    /// Begins a trace that carries something, or about which something is said.
    private func startUnusualRoot(
        _ name: String,
        _ context: JaegerSpanContext,
        _ carried: CarriedItems?,
        _ startTime: Timestamp?,
        _ tags: TagList,
        _ thread: SpareSpans.Thread
    ) -> JaegerSpan {
        var context = context
        context.items = carried?.inherited
        var decision: SamplingDecision?
        let debugID = carried?.debugID
        if debugID != nil, allowsDebug(operationName: name) {
            context.flags = [.sampled, .debug]
        } else if let sampling = carried?.sampling, sampling != .undecided {
            context.flags = sampling.flags
        } else {
            let made = sampler.sample(traceIDLow: context.traceIDLow, operationName: name)
            if made.isSampled {
                context.flags = [.sampled]
                decision = made
            }
        }
        let span = makeSpan(name, context, startTime, tags, decision: decision, thread)
        if let debugID { span.setTag(UberHeaders.debugID, to: .string(debugID)) }
        return span
    }

    @inline(__always)
    private func makeSpan(
        _ name: String,
        _ context: JaegerSpanContext,
        _ startTime: Timestamp?,
        decision: SamplingDecision?,
        _ thread: SpareSpans.Thread
    ) -> JaegerSpan {
        if countsSpans { count(context) }
        if context.isSampled {
            let span = JaegerSpan(
                tracer: self,
                context: context,
                operationName: name,
                startTime: startTime,
                decision: decision
            )
            if let partialSpans { partialSpans.add(span) }
            return span
        }
        return thread.makeSpan(name, context, startTime: startTime, tracer: self)
    }

    private func makeSpan(
        _ name: String,
        _ context: JaegerSpanContext,
        _ startTime: Timestamp?,
        _ tags: TagList,
        decision: SamplingDecision?,
        _ thread: SpareSpans.Thread
    ) -> JaegerSpan {
        var context = context
        if let priority = tags[Tags.samplingPriority] {
            context.flags.setPriority(priority) { allowsDebug(operationName: name) }
        }
        let span = makeSpan(name, context, startTime, decision: decision, thread)
        if span.isRecording {
            for tag in tags { span.setTag(tag.key, to: tag.value) }
        }
        return span
    }

    @inline(never)
    private func count(_ context: JaegerSpanContext) {
        guard let metrics else { return }
        metrics.add(1, to: context.isSampled ? .spansStartedSampled : .spansStartedNotSampled)
        if context.parentID == 0 {
            metrics.add(1, to: context.isSampled ? .tracesStartedSampled : .tracesStartedNotSampled)
        }
    }

    /// What is sent besides the parent's identifier: nothing when a single reference says the same.
    private func addLinks(_ options: SpanOptions, to span: JaegerSpan) {
        let references = options.allReferences
        if references.count == 1, references[0].kind == .childOf,
            (references[0].context as? JaegerSpanContext)?.spanID == span.parentID
        {
            return
        }
        for reference in references {
            guard let context = reference.context as? JaegerSpanContext else { continue }
            span.add(reference.kind == .childOf ? .childOf : .followsFrom, to: context)
        }
    }
}
