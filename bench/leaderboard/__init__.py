"""Ranks, tables, attempts, submissions."""
