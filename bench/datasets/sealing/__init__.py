"""Sealed holdouts: a truth that only organisers can open, and that anyone can see is unchanged."""
