"""Simulators and naive predictors: fit, roll out, generate."""
