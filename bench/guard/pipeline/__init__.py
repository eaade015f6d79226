"""The pipeline as the guard sees it: which stage reads what."""
