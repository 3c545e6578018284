// The room JaegerClient: see docs/architecture.md.
