"""Entries with one known fault each, to hold labels and causes against."""
