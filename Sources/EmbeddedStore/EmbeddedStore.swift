// The room EmbeddedStore: see docs/architecture.md.
