"""Findings: what weakens the evidence."""
