// The room OpenTracing: see docs/architecture.md.
