// The room MartletServer: see docs/architecture.md.
