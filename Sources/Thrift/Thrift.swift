// The room Thrift: see docs/architecture.md.
