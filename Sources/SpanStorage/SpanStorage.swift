// The room SpanStorage: see docs/architecture.md.
