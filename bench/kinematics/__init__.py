"""Robots, rotations and forward kinematics."""
