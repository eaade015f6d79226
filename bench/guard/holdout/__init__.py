"""Whether the holdout is still the one that was published."""
