"""Twins as processes: they step, are corrected by measurements, and are copied to look ahead."""
