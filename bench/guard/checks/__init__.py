"""Checks of the leakage guard, one file each."""
