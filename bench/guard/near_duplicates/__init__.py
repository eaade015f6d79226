"""Near-duplicates: motions that are others shifted, slower, quicker, cropped, noisy or edited."""
