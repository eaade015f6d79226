"""Speed and memory, each beside what it is compared to."""
