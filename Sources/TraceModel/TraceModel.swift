// The room TraceModel: see docs/architecture.md.
