"""The track sync: a stepper that measurements correct until an origin, and that predicts ahead."""
