"""Files and records: problems, documents, the episode store, whole writes."""
