"""Twins of kind `calibrated`: a simulated robot whose parameters are fitted to recordings."""
