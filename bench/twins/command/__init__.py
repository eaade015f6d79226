"""A lab's own method: a command that reads what it may and writes the papers of a twin."""
