"""Predictions as labs have them, packed into an entry; one file a format."""
