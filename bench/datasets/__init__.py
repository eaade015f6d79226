"""Fetch, ingest, split and seal recordings."""
