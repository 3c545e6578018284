// The room Receivers: see docs/architecture.md.
