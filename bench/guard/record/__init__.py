"""What a provenance record says of the holdout."""
