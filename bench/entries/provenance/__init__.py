"""The provenance record of a twin: what it says, and whether that holds."""
