"""From symptoms to causes: which part of a twin is off, as far as the evidence tells."""
