// The room Sampling: see docs/architecture.md.
