"""What a lab hands in: packing and checking."""
