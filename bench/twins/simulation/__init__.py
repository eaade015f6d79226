"""Twins of kind `mujoco`: a MuJoCo model of the robot, each joint driven by a position servo."""
