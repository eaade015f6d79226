"""Readers of log formats, one file each."""
