"""The command `twinbench`."""
