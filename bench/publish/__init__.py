"""Exports and listings for people and other tools."""
