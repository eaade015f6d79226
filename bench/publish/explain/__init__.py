"""What went wrong in an entry, in plain sentences."""
