"""Formulas that fitting and scoring share: pure functions on arrays, no records, no files."""
