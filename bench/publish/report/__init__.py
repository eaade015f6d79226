"""A result as figures and as one page: what a reader of a paper would want to see of it."""
