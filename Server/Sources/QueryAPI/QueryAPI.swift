// The room QueryAPI: see docs/architecture.md.
