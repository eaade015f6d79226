"""Checks of an entry, one file each; `bench.entries.registry` lists them."""
