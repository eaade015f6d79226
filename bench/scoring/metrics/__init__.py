"""Metrics, one small file each; `registry` lists them."""
