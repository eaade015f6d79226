"""Checks of an entry against the truth, one file each."""
