"""What failed in an episode: rules that read symptoms from traces."""
