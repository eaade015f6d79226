"""What happened to a recorded robot from outside: pushes, read from its motor currents."""
