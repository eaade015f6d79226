"""twinbench: a benchmark for the digital twins of robots."""

__version__ = "0.1.0"
