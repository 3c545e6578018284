// The room WebUI: see docs/architecture.md.
