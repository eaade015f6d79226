"""One module a figure: arrays or a result's fields in, a matplotlib `Figure` out."""
